#include "blocks.h"

static uint64_t bytes_of(const struct blocks *blocks, const struct stat *status)
{
	uint64_t on_disk = (uint64_t)status->st_blocks * BYTES_A_BLOCK;

	if (!blocks->written)
		return on_disk;
	if (!S_ISREG(status->st_mode))
		return 0;
	return on_disk < (uint64_t)status->st_size ? on_disk : (uint64_t)status->st_size;
}

int blocks_add(struct blocks *blocks, const struct stat *status)
{
	if (!S_ISDIR(status->st_mode) && status->st_nlink > 1) {
		int added = inode_table_add(&blocks->links, status->st_dev, status->st_ino);

		if (added <= 0)
			return added;
	}
	blocks->bytes += bytes_of(blocks, status);
	return 0;
}

void blocks_free(struct blocks *blocks)
{
	inode_table_free(&blocks->links);
	*blocks = (struct blocks)BLOCKS_EMPTY;
}
