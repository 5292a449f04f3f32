/* What trees take on disk. */
#ifndef TSMACHINE_BLOCKS_H
#define TSMACHINE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct link_key {
	uint64_t device;
	uint64_t inode;
	int used;
};

/* Files with several names that were counted already. */
struct blocks {
	uint64_t bytes;
	struct link_key *links;
	size_t count;
	size_t room; /* a power of two */
};

#define BLOCKS_EMPTY { .bytes = 0 }

/* A file with several names counts once. 0, or -1 with ENOMEM. */
int blocks_add(struct blocks *blocks, const struct stat *status);

void blocks_free(struct blocks *blocks);

#endif
