#include "tree.h"

#include <fcntl.h>

int tree_open(const char *path, struct failure *failure)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(failure, "open", path) : fd;
}
