/* What trees take on disk: by themselves, and together with files outside of them (reflinks, snapshots). */
#ifndef TSMACHINE_SHARES_H
#define TSMACHINE_SHARES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "inode_table.h"
#include "ranges.h"
#include "report.h"

/* How the file system shares that files lie on. */
struct shares_device {
	bool known;
	dev_t number;
	bool can_share;
	bool is_btrfs;
	uint64_t subvolume;
};

struct shares {
	uint64_t own;
	uint64_t shared; /* complete after shares_settle */
	struct inode_table links;
	struct ranges ranges;   /* that more than one file has */
	struct inode_table files; /* with such: subvolume and inode */
	struct shares_device device;
	int btrfs; /* open on it, or -1 */
};

#define SHARES_EMPTY { .btrfs = -1 }

/* Takes the descriptor `top` over. 0, or -1. */
int shares_add(struct shares *shares, int top, struct failure *failure);

/*
 * When all trees were added: what is held by them alone is theirs. Where the file system does not say who holds something (all but
 * btrfs), what more than one file has counts as shared. 0, or -1.
 */
int shares_settle(struct shares *shares, struct failure *failure);

void shares_free(struct shares *shares);

#endif
