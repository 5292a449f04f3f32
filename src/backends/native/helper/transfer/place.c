#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rootpath.h"

static int open_root(void)
{
	return open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* In the machine / is its root already; what opens it stays in it even so, and follows no link of /proc. */
static int open_in_machine(const char *path, struct failure *failure)
{
	int root = open_root();
	int there = root < 0 ? fail(failure, "openat", "/") : rootpath_open(root, path, failure);
	int fd = -1;

	if (there >= 0) {
		fd = openat(there, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			fail(failure, "openat", path);
		close(there);
	}
	if (root >= 0)
		close(root);
	return fd;
}

int place_open_directory(bool in_machine, const char *path, struct failure *failure)
{
	int fd;

	if (in_machine)
		return open_in_machine(path, failure);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(failure, "openat", path) : fd;
}

int place_make_directory(bool in_machine, const char *path, struct failure *failure)
{
	int root, made;

	/* The host's are made by the caller, who knows its umask. */
	if (in_machine) {
		root = open_root();
		made = root < 0 ? fail(failure, "openat", "/") : rootpath_make_directory(root, path, 0755, failure);
		if (root >= 0)
			close(root);
		if (made < 0)
			return -1;
	}
	return place_open_directory(in_machine, path, failure);
}

int place_open_parent(bool in_machine, const char *path, const char **name, struct failure *failure)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t length = (size_t)(slash - path);

	if (strlen(path) >= sizeof parent)
		return fail_with(failure, ENAMETOOLONG, "openat", path);
	*name = slash + 1;
	if (**name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0) {
		*name = ".";
		return place_open_directory(in_machine, path, failure);
	}
	memcpy(parent, path, length);
	parent[length] = '\0';
	return place_open_directory(in_machine, length == 0 ? "/" : parent, failure);
}
