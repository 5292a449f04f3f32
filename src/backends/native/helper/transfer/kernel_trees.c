#include "kernel_trees.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif
#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif
#ifndef BINFMTFS_MAGIC
#define BINFMTFS_MAGIC 0x42494e4d
#endif

static bool is_kernels(long type)
{
	static const unsigned long magics[] = {
		PROC_SUPER_MAGIC, SYSFS_MAGIC,   CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, MQUEUE_MAGIC,
		DEBUGFS_MAGIC,    TRACEFS_MAGIC, SECURITYFS_MAGIC,   BPF_FS_MAGIC,        BINFMTFS_MAGIC,     NSFS_MAGIC,
		SELINUX_MAGIC,    EFIVARFS_MAGIC,
	};

	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		if ((unsigned long)type == magics[i])
			return true;
	}
	return false;
}

/* Only a mount point can be one: another device than its parent's. */
bool kernel_trees_begins(int parent, const char *name)
{
	struct stat above, here;
	struct statfs file_system;
	bool result;
	int fd;

	if (fstat(parent, &above) < 0 || fstatat(parent, name, &here, AT_SYMLINK_NOFOLLOW) < 0 || above.st_dev == here.st_dev)
		return false;
	fd = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	result = fstatfs(fd, &file_system) == 0 && is_kernels(file_system.f_type);
	close(fd);
	return result;
}
