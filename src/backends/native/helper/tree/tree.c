#include "tree.h"

#include <fcntl.h>

int tree_open(int at, const char *path, struct failure *failure)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(failure, "openat", path) : fd;
}
