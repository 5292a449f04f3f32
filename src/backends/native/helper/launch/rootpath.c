#include "rootpath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Magic links (/proc/PID/fd/N) are the one kind of link that RESOLVE_IN_ROOT alone would let out of the root. */
static int open_in(int root, const char *path, uint64_t flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
	};
	int tries = 32;
	int fd;

	/* EAGAIN: something was renamed or mounted elsewhere on the host during the lookup, and `..` could not be proved safe. */
	do
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
	while (fd < 0 && errno == EAGAIN && --tries > 0);
	return fd;
}

int rootpath_open(int root, const char *path, struct failure *failure)
{
	int fd = open_in(root, path, O_PATH, 0);

	return fd < 0 ? fail(failure, "openat2", path) : fd;
}

int rootpath_mount_point(int root, const char *path, struct failure *failure)
{
	/* Not O_NOFOLLOW: with O_PATH that would open a symlink at the end instead of refusing it. */
	int fd = open_in(root, path, O_PATH, RESOLVE_NO_SYMLINKS);

	return fd < 0 ? fail(failure, "openat2", path) : fd;
}

/* mkdir -p of the first `length` bytes of `path`, then opens that directory. */
static int open_or_make(int root, const char *path, size_t length, struct failure *failure)
{
	char prefix[PATH_MAX];
	int parent = -1;

	for (size_t end = 0;;) {
		int fd;

		memcpy(prefix, path, end);
		prefix[end] = '\0';
		fd = open_in(root, end == 0 ? "/" : prefix, O_PATH | O_DIRECTORY, 0);
		if (fd < 0 && errno == ENOENT && parent >= 0 && mkdirat(parent, strrchr(prefix, '/') + 1, 0755) == 0)
			fd = open_in(root, prefix, O_PATH | O_DIRECTORY, 0);
		if (fd < 0)
			fail(failure, "mkdirat", prefix);
		if (parent >= 0)
			close(parent);
		if (fd < 0 || end == length)
			return fd;
		parent = fd;
		end += strspn(path + end, "/");
		end += strcspn(path + end, "/");
		end = end < length ? end : length;
	}
}

int rootpath_parent(int root, const char *path, const char **base, struct failure *failure)
{
	const char *slash = strrchr(path, '/');
	size_t length = (size_t)(slash - path);
	char parent[PATH_MAX];
	int fd;

	*base = slash + 1;
	if (**base == '\0')
		return fail_with(failure, EINVAL, "openat2", path);
	memcpy(parent, path, length);
	parent[length] = '\0';
	fd = open_in(root, length == 0 ? "/" : parent, O_PATH | O_DIRECTORY, 0);
	if (fd >= 0)
		return fd;
	return errno == ENOENT ? open_or_make(root, path, length, failure) : fail(failure, "openat2", path);
}

int rootpath_make_directory(int root, const char *path, mode_t mode, struct failure *failure)
{
	const char *base;
	int parent;
	int made;

	int fd = open_in(root, path, O_PATH | O_DIRECTORY, 0);

	if (fd >= 0)
		return close(fd);
	parent = rootpath_parent(root, path, &base, failure);
	if (parent < 0)
		return -1;
	made = mkdirat(parent, base, mode);
	if (made < 0)
		fail(failure, "mkdirat", path);
	close(parent);
	return made;
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(fd, text, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		text += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

int rootpath_write_file(int root, const char *path, mode_t mode, const char *text, struct failure *failure)
{
	const char *base;
	struct stat status;
	int parent = rootpath_parent(root, path, &base, failure);
	int result = -1;
	int fd;

	if (parent < 0)
		return -1;
	/* O_NOFOLLOW: a symlink left by the machine would choose another file. O_NONBLOCK: a FIFO would hold us here. */
	fd = openat(parent, base, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);
	if (fd < 0)
		fail(failure, "openat", path);
	else if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		fail_with(failure, EINVAL, "openat", path);
	else if (ftruncate(fd, 0) < 0 || write_all(fd, text, strlen(text)) < 0)
		fail(failure, "write", path);
	else
		result = 0;
	if (fd >= 0)
		close(fd);
	close(parent);
	return result;
}

int rootpath_make_mount_point(int root, const char *path, int directory, struct failure *failure)
{
	const char *base;
	int fd = rootpath_mount_point(root, path, failure);
	int parent;

	if (fd >= 0 || failure->number != ENOENT)
		return fd;
	if (directory) {
		if (rootpath_make_directory(root, path, 0755, failure) < 0)
			return -1;
		return rootpath_mount_point(root, path, failure);
	}
	parent = rootpath_parent(root, path, &base, failure);
	if (parent < 0)
		return -1;
	fd = openat(parent, base, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
	close(parent);
	if (fd < 0)
		return fail(failure, "openat", path);
	close(fd);
	return rootpath_mount_point(root, path, failure);
}

int rootpath_make_symlink(int root, const char *target, const char *path, struct failure *failure)
{
	const char *base;
	int parent = rootpath_parent(root, path, &base, failure);
	int made;

	if (parent < 0)
		return -1;
	made = symlinkat(target, parent, base);
	if (made < 0)
		fail(failure, "symlinkat", path);
	close(parent);
	return made;
}

int rootpath_make_device(int root, const char *path, mode_t mode, dev_t device, struct failure *failure)
{
	const char *base;
	int parent = rootpath_parent(root, path, &base, failure);
	int made;

	if (parent < 0)
		return -1;
	made = mknodat(parent, base, S_IFCHR | (mode & 07777), device);
	if (made < 0)
		fail(failure, "mknodat", path);
	close(parent);
	return made;
}
