#include "content.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 256 * 1024 };

static char piece[PIECE_BYTES], other_piece[PIECE_BYTES];

/* Where data begins, at `at` or behind; `size` if only a hole comes before that. -1 with errno. */
static off_t next_data(int fd, off_t at, off_t size)
{
	off_t data = lseek(fd, at, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		return size;
	if (data < 0 && (errno == EINVAL || errno == EOPNOTSUPP))
		return at;
	return data > size ? size : data;
}

static off_t end_of_data(int fd, off_t at, off_t size)
{
	off_t hole = lseek(fd, at, SEEK_HOLE);

	return hole < 0 || hole > size ? size : hole;
}

/* As pread(2), less only at the end of the file. */
static ssize_t read_piece(int fd, char *buffer, size_t length, off_t at)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got = pread(fd, buffer + done, length - done, at + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static int is_same_piece(int one, int other, size_t length, off_t at)
{
	ssize_t got = read_piece(one, piece, length, at);
	ssize_t other_got = read_piece(other, other_piece, length, at);

	if (got < 0 || other_got < 0)
		return -1;
	return got == other_got && memcmp(piece, other_piece, (size_t)got) == 0;
}

int content_is_same(int one, int other)
{
	struct stat first, second;
	off_t at = 0;

	if (fstat(one, &first) < 0 || fstat(other, &second) < 0)
		return -1;
	if (first.st_size != second.st_size)
		return 0;
	while (at < first.st_size) {
		off_t data = next_data(one, at, first.st_size), other_data = next_data(other, at, first.st_size);
		size_t length = PIECE_BYTES;
		int same;

		if (data < 0 || other_data < 0)
			return -1;
		at = data < other_data ? data : other_data;
		if (first.st_size - at < PIECE_BYTES)
			length = (size_t)(first.st_size - at);
		same = is_same_piece(one, other, length, at);
		if (same <= 0)
			return same;
		at += (off_t)length;
	}
	return 1;
}

static int write_piece(int fd, size_t length, off_t at)
{
	size_t done = 0;

	while (done < length) {
		ssize_t wrote = pwrite(fd, piece + done, length - done, at + (off_t)done);

		if (wrote < 0 && errno != EINTR)
			return -1;
		if (wrote > 0)
			done += (size_t)wrote;
	}
	return 0;
}

static const char *copy_data(int from, int to, off_t at, off_t end, content_told *told)
{
	while (at < end) {
		size_t length = end - at < PIECE_BYTES ? (size_t)(end - at) : PIECE_BYTES;
		ssize_t got = read_piece(from, piece, length, at);

		if (got < 0)
			return "pread";
		if (got == 0)
			break;
		if (write_piece(to, (size_t)got, at) < 0)
			return "pwrite";
		at += got;
		if (told != NULL && !told((size_t)got)) {
			errno = ECANCELED;
			return "pwrite";
		}
	}
	return NULL;
}

/* Once refused between two file systems, it is for all their files. */
static bool share_blocks(int from, int to)
{
	static bool never;

	if (!never && ioctl(to, FICLONE, from) == 0)
		return true;
	never = never || errno == EXDEV || errno == EOPNOTSUPP || errno == ENOTTY;
	return false;
}

/* What ends with a hole, or became shorter meanwhile, is not as long as it was to be. */
static int set_size(int to, off_t size)
{
	struct stat status;

	if (fstat(to, &status) == 0 && status.st_size == size)
		return 0;
	return ftruncate(to, size);
}

const char *content_copy(int from, int to, off_t size, content_told *told)
{
	off_t at = 0, end;

	if (size > 0 && share_blocks(from, to)) {
		if (told != NULL)
			told((size_t)size);
		return NULL;
	}
	while (at < size) {
		const char *failed;

		at = next_data(from, at, size);
		if (at < 0)
			return "lseek";
		end = end_of_data(from, at, size);
		failed = copy_data(from, to, at, end, told);
		if (failed != NULL)
			return failed;
		at = end;
	}
	return set_size(to, size) < 0 ? "ftruncate" : NULL;
}
