/* Subvolumes by ioctl(2): linux/btrfs.h. All descriptors are of directories. Each call: 0, or -1 with errno, unless it says otherwise. */
#ifndef TSMACHINE_SUBVOLUME_H
#define TSMACHINE_SUBVOLUME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum {
	SUBVOLUME_TOP_INODE = 256,
	/* What a snapshot has in the place of a subvolume that lay in its source: an empty directory. */
	SUBVOLUME_PLACEHOLDER_INODE = 2,
};

/* Of the subvolume that an open file lies in. */
int subvolume_id(int fd, uint64_t *id);

/* Whether it is the top of a subvolume. */
bool subvolume_is_top(const struct stat *status);

int subvolume_is_read_only(int top, bool *read_only);
int subvolume_make_read_only(int top);

/* Of the subvolume whose top is `source`, as `name` in `parent`: all at one moment, and on disk when this returns. */
int subvolume_snapshot(int source, int parent, const char *name, bool read_only);

int subvolume_delete(int parent, const char *name);

#endif
