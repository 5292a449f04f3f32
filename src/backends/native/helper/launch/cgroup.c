#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "group_tree.h"
#include "kernel_file.h"

int cgroup_create(const char *path, struct failure *failure)
{
	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : fail(failure, "mkdir", path);
	/*
	 * Made under the monitor's umask. On 6.1 the machine's root must be able to pass through all groups above its own to
	 * mount its cgroup2.
	 */
	return chmod(path, 0755) < 0 ? fail(failure, "chmod", path) : 0;
}

int cgroup_create_anew(const char *path, struct failure *failure)
{
	return group_tree_remove(path) < 0 ? fail(failure, "rmdir", path) : cgroup_create(path, failure);
}

int cgroup_write(const char *path, const char *value, struct failure *failure)
{
	return kernel_file_write(path, value, strlen(value), failure);
}

int cgroup_join(const char *path, pid_t pid, struct failure *failure)
{
	char file[PATH_MAX + 16];
	char value[16];

	snprintf(file, sizeof file, "%s/cgroup.procs", path);
	snprintf(value, sizeof value, "%d", (int)pid);
	return cgroup_write(file, value, failure);
}

int cgroup_open(const char *path, struct failure *failure)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(failure, "open", path) : fd;
}

int cgroup_delegate(const struct record *record, struct root_ids owner, struct failure *failure)
{
	const char *path = record->arguments[0];
	int directory = cgroup_open(path, failure);
	int result = 0;

	if (directory < 0)
		return -1;
	if (fchown(directory, owner.uid, owner.gid) < 0)
		result = fail(failure, "fchown", path);
	/* Made under the monitor's umask; in the machine it is /sys/fs/cgroup, which everybody reads. */
	else if (fchmod(directory, 0755) < 0)
		result = fail(failure, "fchmod", path);
	for (size_t i = 1; i < record->count && result == 0; i++) {
		const char *file = record->arguments[i];

		if (fchownat(directory, file, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
			result = fail(failure, "fchownat", file);
	}
	close(directory);
	return result;
}
