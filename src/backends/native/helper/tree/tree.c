#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int tree_open(int at, const char *path, struct failure *failure)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(failure, "openat", path) : fd;
}

/* As much of a path as one system call takes: whole names, without the slash behind. 0: the first name alone is too long. */
static size_t piece_of(const char *path, size_t length)
{
	size_t piece = length < PATH_MAX ? length : PATH_MAX - 1;

	while (piece > 0 && piece < length && path[piece] != '/')
		piece--;
	return piece;
}

static int open_piece(int at, const char *path, size_t length, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	char piece[PATH_MAX] = ".";

	if (length > 0) {
		memcpy(piece, path, length);
		piece[length] = '\0';
	}
	return (int)syscall(SYS_openat2, at, piece, &how, sizeof how);
}

const char *tree_last_of(const char *path, size_t *length)
{
	const char *slash = strrchr(path, '/');

	*length = slash == NULL ? 0 : (size_t)(slash - path);
	return slash == NULL ? path : slash + 1;
}

int tree_open_below(int root, const char *path, size_t length, int flags)
{
	int at = root;

	for (;;) {
		size_t piece = piece_of(path, length);
		bool last = piece == length;
		int fd = -1;
		int number;

		if (piece == 0 && !last)
			errno = ENAMETOOLONG;
		else
			fd = open_piece(at, path, piece, last ? flags : O_PATH);
		number = errno;
		if (at != root)
			close(at);
		errno = number;
		if (fd < 0 || last)
			return fd;
		at = fd;
		path += piece + 1;
		length -= piece + 1;
	}
}
