/* A set of files: device and inode, or subvolume and inode. */
#ifndef TSMACHINE_INODE_SET_H
#define TSMACHINE_INODE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inode_key {
	uint64_t device;
	uint64_t inode;
	bool used;
};

struct inode_set {
	struct inode_key *keys;
	size_t count;
	size_t room; /* a power of two */
};

/* 1; 0 if it was in it; -1 with ENOMEM. */
int inode_set_add(struct inode_set *set, uint64_t device, uint64_t inode);

bool inode_set_has(const struct inode_set *set, uint64_t device, uint64_t inode);

void inode_set_free(struct inode_set *set);

#endif
