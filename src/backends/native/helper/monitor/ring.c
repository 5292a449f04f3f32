#include "ring.h"

#include "frames.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char MAGIC[8] = "TSMRING1";

enum { MAGIC_AT = 0, CAPACITY_AT = 8, TOTAL_AT = 16 };

static int write_all_at(int fd, const uint8_t *bytes, size_t length, uint64_t offset)
{
	while (length > 0) {
		ssize_t written = pwrite(fd, bytes, length, (off_t)offset);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		bytes += written;
		length -= (size_t)written;
		offset += (uint64_t)written;
	}
	return 0;
}

static int read_all_at(int fd, uint8_t *bytes, size_t length, uint64_t offset)
{
	while (length > 0) {
		ssize_t taken = pread(fd, bytes, length, (off_t)offset);
		if (taken < 0 && errno == EINTR)
			continue;
		if (taken == 0)
			errno = EIO; /* somebody cut the file short */
		if (taken <= 0)
			return -1;
		bytes += taken;
		length -= (size_t)taken;
		offset += (uint64_t)taken;
	}
	return 0;
}

/* True, and ring->total set, if the file is a sound ring of this capacity. */
static int is_continuable(struct ring *ring)
{
	static const uint8_t zeros[RING_HEADER_BYTES];
	uint8_t header[RING_HEADER_BYTES];
	struct stat status;
	enum { RESERVED_AT = TOTAL_AT + 8 };

	if (fstat(ring->fd, &status) < 0 || (uint64_t)status.st_size != RING_HEADER_BYTES + ring->capacity)
		return 0;
	if (read_all_at(ring->fd, header, sizeof header, 0) < 0)
		return 0;
	if (memcmp(header + MAGIC_AT, MAGIC, sizeof MAGIC) != 0 || get_u64(header + CAPACITY_AT) != ring->capacity)
		return 0;
	if (memcmp(header + RESERVED_AT, zeros, RING_HEADER_BYTES - RESERVED_AT) != 0)
		return 0;
	ring->total = get_u64(header + TOTAL_AT);
	return ring->total <= INT64_MAX;
}

static int start_afresh(struct ring *ring)
{
	uint8_t header[RING_HEADER_BYTES] = { 0 };
	memcpy(header + MAGIC_AT, MAGIC, sizeof MAGIC);
	put_u64(header + CAPACITY_AT, ring->capacity);
	ring->total = 0;
	off_t size = (off_t)(RING_HEADER_BYTES + ring->capacity);
	if (ftruncate(ring->fd, 0) < 0 || ftruncate(ring->fd, size) < 0)
		return -1;
	/* Space for all of it now: a disk that fills up later must not make holes in the console. */
	if (fallocate(ring->fd, 0, 0, size) < 0 && errno != EOPNOTSUPP)
		return -1;
	return write_all_at(ring->fd, header, sizeof header, 0);
}

static int open_in_memory(struct ring *ring)
{
	ring->fd = memfd_create("console-log", MFD_CLOEXEC);
	return ring->fd < 0 ? -1 : start_afresh(ring);
}

static int open_on_disk(struct ring *ring, const char *path)
{
	ring->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (ring->fd < 0)
		return -1;
	if (is_continuable(ring))
		return 0;
	if (start_afresh(ring) == 0)
		return 0;
	int saved = errno;
	if (ftruncate(ring->fd, 0) < 0) /* an empty file is no log; half a log would be a wrong one */
		unlink(path);
	close(ring->fd);
	errno = saved;
	return -1;
}

int ring_open(struct ring *ring, const char *path, uint64_t capacity)
{
	if (capacity < RING_MIN_CAPACITY || capacity > RING_MAX_CAPACITY) {
		errno = EINVAL;
		return -1;
	}
	*ring = (struct ring){ .fd = -1, .capacity = capacity };
	if (!path)
		return open_in_memory(ring);
	if (open_on_disk(ring, path) == 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EROFS ? open_in_memory(ring) : -1;
}

void ring_close(struct ring *ring)
{
	close(ring->fd);
	ring->fd = -1;
}

uint64_t ring_oldest(const struct ring *ring)
{
	return ring->total > ring->capacity ? ring->total - ring->capacity : 0;
}

/* Data before the total: a reader that believes the total finds the bytes there. */
void ring_append(struct ring *ring, const uint8_t *bytes, size_t length)
{
	uint64_t at = ring->total % ring->capacity;
	size_t first = length < ring->capacity - at ? length : (size_t)(ring->capacity - at);
	uint8_t total[8];

	put_u64(total, ring->total + length);
	if (write_all_at(ring->fd, bytes, first, RING_HEADER_BYTES + at) < 0 ||
	    write_all_at(ring->fd, bytes + first, length - first, RING_HEADER_BYTES) < 0 ||
	    write_all_at(ring->fd, total, sizeof total, TOTAL_AT) < 0)
		return;
	ring->total += length;
}

size_t ring_contiguous(const struct ring *ring, uint64_t offset, size_t limit)
{
	uint64_t there = ring->total - offset;
	uint64_t before_wrap = ring->capacity - offset % ring->capacity;
	uint64_t length = there < before_wrap ? there : before_wrap;
	return length < limit ? (size_t)length : limit;
}

int ring_read(const struct ring *ring, uint64_t offset, uint8_t *bytes, size_t length)
{
	return read_all_at(ring->fd, bytes, length, RING_HEADER_BYTES + offset % ring->capacity);
}
