/* Where subvolumes lie in others, by the trees on disk: no file is looked at, and none costs nothing. */
#ifndef TSMACHINE_SUBVOLUME_TREE_H
#define TSMACHINE_SUBVOLUME_TREE_H

#include <stddef.h>
#include <stdint.h>

/* Lies directly in another subvolume. */
struct subvolume_child {
	uint64_t id;
	uint64_t directory; /* its inode in the other one */
	char *name;
};

struct subvolume_children {
	struct subvolume_child *items;
	size_t count;
	size_t room;
};

/* Of the subvolume `id` of the file system that `fd` lies on. 0, or -1 with errno; to be freed in both cases. */
int subvolume_children_read(int fd, uint64_t id, struct subvolume_children *children);

void subvolume_children_free(struct subvolume_children *children);

/*
 * The directory with this inode below `top`, the top of the subvolume `id`, however deep: no link is followed. A descriptor, or -1 with
 * errno: ESTALE if it does not lie there any more.
 */
int subvolume_open_directory(int top, uint64_t id, uint64_t inode);

#endif
