#include "join_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_own_pid(const char *group)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/cgroup.procs", group) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t written = write(fd, "0", 1); /* the writer itself */
	int saved = errno;
	close(fd);
	errno = saved;
	return written == 1 ? 0 : -1;
}

int join_cgroup_locate(const char *path, const char *membership, char *located, size_t size)
{
	size_t path_length = strlen(path);
	/* The longest beginning of the membership that the path ends with: what is before it there is the mount point. */
	for (size_t length = strlen(membership); length > 1; length--) {
		bool whole = membership[length] == '\0' || membership[length] == '/';
		if (!whole || length > path_length || strncmp(path + path_length - length, membership, length) != 0)
			continue;
		int written = snprintf(located, size, "%s%s", path, membership + length);
		return written > 0 && (size_t)written < size ? 0 : -1;
	}
	return -1;
}

/* The path of the line `0::PATH`, or NULL. */
static char *unified_membership(pid_t pid, char *text, size_t size)
{
	char path[40];
	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	ssize_t length = read(fd, text, size - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	for (char *rest = NULL, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, "0::", 3) == 0)
			return line + 3;
	return NULL;
}

/* The machine names its groups itself: a `..` among them must not lead us elsewhere. (The kernel allows no such name; be sure.) */
static bool climbs(const char *path)
{
	return strstr(path, "/../") || (strlen(path) >= 3 && strcmp(path + strlen(path) - 3, "/..") == 0);
}

int join_cgroup(const char *path, pid_t init, struct failure *failure)
{
	char text[8192], located[PATH_MAX];
	if (write_own_pid(path) == 0)
		return 0;
	if (errno != EBUSY)
		return fail(failure, "write", path);
	char *membership = unified_membership(init, text, sizeof text);
	if (!membership || climbs(membership) || join_cgroup_locate(path, membership, located, sizeof located) < 0)
		return fail_with(failure, EBUSY, "write", path);
	return write_own_pid(located) == 0 ? 0 : fail(failure, "write", located);
}
