/* What trees take on disk. */
#ifndef TSMACHINE_BLOCKS_H
#define TSMACHINE_BLOCKS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "inode_table.h"

enum { BYTES_A_BLOCK = 512 }; /* of st_blocks */

struct blocks {
	bool written; /* counts what a copy writes: of regular files, without holes and what is free in the last block */
	uint64_t bytes;
	struct inode_table links; /* files with several names that were counted already */
};

#define BLOCKS_EMPTY { .bytes = 0 }

/* A file with several names counts once. 0, or -1 with ENOMEM. */
int blocks_add(struct blocks *blocks, const struct stat *status);

void blocks_free(struct blocks *blocks);

#endif
