#include "blocks.h"

int blocks_add(struct blocks *blocks, const struct stat *status)
{
	if (!S_ISDIR(status->st_mode) && status->st_nlink > 1) {
		int added = inode_table_add(&blocks->links, status->st_dev, status->st_ino);

		if (added <= 0)
			return added;
	}
	blocks->bytes += (uint64_t)status->st_blocks * BYTES_A_BLOCK;
	return 0;
}

void blocks_free(struct blocks *blocks)
{
	inode_table_free(&blocks->links);
	*blocks = (struct blocks)BLOCKS_EMPTY;
}
