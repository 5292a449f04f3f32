#include "subvolume.h"

#include <errno.h>
#include <linux/btrfs.h>
#include <string.h>
#include <sys/ioctl.h>

int subvolume_id(int fd, uint64_t *id)
{
	/* No tree is named: it is that of the file, and the answer says which. */
	struct btrfs_ioctl_ino_lookup_args args = { .objectid = SUBVOLUME_TOP_INODE };

	if (ioctl(fd, BTRFS_IOC_INO_LOOKUP, &args) < 0)
		return -1;
	*id = args.treeid;
	return 0;
}

bool subvolume_is_top(const struct stat *status)
{
	return S_ISDIR(status->st_mode) && status->st_ino == SUBVOLUME_TOP_INODE;
}

int subvolume_is_read_only(int top, bool *read_only)
{
	uint64_t flags;

	if (ioctl(top, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0)
		return -1;
	*read_only = (flags & BTRFS_SUBVOL_RDONLY) != 0;
	return 0;
}

int subvolume_make_read_only(int top)
{
	uint64_t flags;

	if (ioctl(top, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) < 0)
		return -1;
	flags |= BTRFS_SUBVOL_RDONLY;
	return ioctl(top, BTRFS_IOC_SUBVOL_SETFLAGS, &flags);
}

static int set_name(struct btrfs_ioctl_vol_args_v2 *args, const char *name)
{
	size_t size = strlen(name) + 1;

	if (size > sizeof args->name) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(args->name, name, size);
	return 0;
}

int subvolume_snapshot(int source, int parent, const char *name, bool read_only)
{
	struct btrfs_ioctl_vol_args_v2 args = { .fd = source, .flags = read_only ? BTRFS_SUBVOL_RDONLY : 0 };

	return set_name(&args, name) < 0 ? -1 : ioctl(parent, BTRFS_IOC_SNAP_CREATE_V2, &args);
}

int subvolume_delete(int parent, const char *name)
{
	struct btrfs_ioctl_vol_args_v2 args = { 0 };

	/* Not BTRFS_IOC_SNAP_DESTROY: its name ends where the next structure begins. */
	return set_name(&args, name) < 0 ? -1 : ioctl(parent, BTRFS_IOC_SNAP_DESTROY_V2, &args);
}
