#include "kernel_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int kernel_file_write(const char *path, const char *value, size_t length, struct failure *failure)
{
	/* No O_CREAT: what is not there is a feature that the host does not have, and must be said. */
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	int result = 0;
	ssize_t wrote;

	if (fd < 0)
		return fail(failure, "open", path);
	wrote = write(fd, value, length);
	if (wrote < 0)
		result = fail(failure, "write", path);
	else if ((size_t)wrote != length)
		result = fail_with(failure, EIO, "write", path); /* the rest would be taken for another value */
	close(fd);
	return result;
}
