#include "blocks.h"

enum { BYTES_A_BLOCK = 512 };

int blocks_add(struct blocks *blocks, const struct stat *status)
{
	bool added = true;

	if (!S_ISDIR(status->st_mode) && status->st_nlink > 1 && inode_table_find(&blocks->links, status, &added) == NULL)
		return -1;
	if (added)
		blocks->bytes += (uint64_t)status->st_blocks * BYTES_A_BLOCK;
	return 0;
}

void blocks_free(struct blocks *blocks)
{
	inode_table_free(&blocks->links);
	*blocks = (struct blocks)BLOCKS_EMPTY;
}
