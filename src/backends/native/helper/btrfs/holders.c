#include "holders.h"

#include <errno.h>
#include <linux/btrfs.h>
#include <stdlib.h>
#include <sys/ioctl.h>

/* The kernel clears all of the room for each answer: the larger one is for what hundreds of snapshots hold. It allows no more than that. */
enum { USUAL_ROOM = 16 * 1024, LARGE_ROOM = 16 * 1024 * 1024 };

/* An answer has three numbers for each holder. */
enum { INODE, OFFSET, SUBVOLUME, NUMBERS };

static int ask(int fd, uint64_t physical, struct btrfs_data_container *answer, size_t room)
{
	struct btrfs_ioctl_logical_ino_args args = {
		.logical = physical, .size = room, .inodes = (uint64_t)(uintptr_t)answer
	};

	return ioctl(fd, BTRFS_IOC_LOGICAL_INO_V2, &args);
}

static bool has_others(const struct btrfs_data_container *answer, const struct inode_table *ours)
{
	for (uint32_t at = 0; at + NUMBERS <= answer->elem_cnt; at += NUMBERS) {
		if (!inode_table_has(ours, answer->val[at + SUBVOLUME], answer->val[at + INODE]))
			return true;
	}
	return false;
}

static int ask_at_large(int fd, uint64_t physical, const struct inode_table *ours, bool *others)
{
	struct btrfs_data_container *answer = malloc(LARGE_ROOM);
	int result = answer == NULL ? -1 : ask(fd, physical, answer, LARGE_ROOM);

	/* More holders than that are not ours alone. */
	if (result == 0)
		*others = answer->elem_missed > 0 || has_others(answer, ours);
	free(answer);
	return result;
}

int holders_have_others(int fd, uint64_t physical, const struct inode_table *ours, bool *others)
{
	static _Alignas(struct btrfs_data_container) char room[USUAL_ROOM];
	struct btrfs_data_container *answer = (struct btrfs_data_container *)room;

	*others = false;
	if (ask(fd, physical, answer, sizeof room) < 0)
		/* Freed meanwhile. */
		return errno == ENOENT ? 0 : -1;
	*others = has_others(answer, ours);
	if (*others || answer->elem_missed == 0)
		return 0;
	return ask_at_large(fd, physical, ours, others);
}
