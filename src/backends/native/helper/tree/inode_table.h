/* A number for each file, by what all its names have in common: device, or subvolume, and inode. */
#ifndef TSMACHINE_INODE_TABLE_H
#define TSMACHINE_INODE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inode_entry {
	uint64_t device;
	uint64_t inode;
	size_t number; /* of the caller's; 0 at first */
	bool used;
};

struct inode_table {
	struct inode_entry *entries;
	size_t count;
	size_t room; /* a power of two */
};

/* The file's entry, made where there is none: then *added. Valid until the next call. NULL with ENOMEM. */
struct inode_entry *inode_table_find(struct inode_table *table, uint64_t device, uint64_t inode, bool *added);

/* Only that it is there: 1; 0 if it was before; -1 with ENOMEM. */
int inode_table_add(struct inode_table *table, uint64_t device, uint64_t inode);

bool inode_table_has(const struct inode_table *table, uint64_t device, uint64_t inode);

void inode_table_free(struct inode_table *table);

#endif
