#include "run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

int run_directory_listen(int run_directory_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	/* sun_path holds 107 bytes and a run directory may be deeper: go by its descriptor. */
	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/console.sock", run_directory_fd);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	unlinkat(run_directory_fd, "console.sock", 0);
	/* The mode must be right from the first moment, not after a chmod. */
	mode_t old = umask(0177);
	int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
	umask(old);
	if (bound == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

void run_directory_remove(int run_directory_fd, const char *path)
{
	static const char *const files[] = { "console.sock", "state.new", "state", "last-counts.new", "last-counts", "told", "monitor.lock" };
	for (size_t index = 0; index < sizeof files / sizeof *files; index++)
		unlinkat(run_directory_fd, files[index], 0);
	/*
	 * By name, but only if the name still means this directory: a successor may have made its own meanwhile.
	 * (Removing a directory that is not empty fails, which is the last guard.)
	 */
	struct stat ours, named;
	if (fstat(run_directory_fd, &ours) == 0 && lstat(path, &named) == 0 && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
		rmdir(path);
}
