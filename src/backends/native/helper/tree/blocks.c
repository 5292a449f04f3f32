#include "blocks.h"

#include <stdbool.h>
#include <stdlib.h>

enum { BYTES_A_BLOCK = 512, FIRST_ROOM = 1024 };

/* Where the key is, or belongs. */
static struct link_key *find(struct link_key *links, size_t room, uint64_t device, uint64_t inode)
{
	uint64_t hash = (inode ^ device << 32) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (room - 1);

	while (links[at].used && (links[at].inode != inode || links[at].device != device))
		at = (at + 1) & (room - 1);
	return &links[at];
}

static bool grow(struct blocks *blocks)
{
	size_t room = blocks->room == 0 ? FIRST_ROOM : blocks->room * 2;
	struct link_key *larger = calloc(room, sizeof *larger);

	if (larger == NULL)
		return false;
	for (size_t i = 0; i < blocks->room; i++) {
		if (blocks->links[i].used)
			*find(larger, room, blocks->links[i].device, blocks->links[i].inode) = blocks->links[i];
	}
	free(blocks->links);
	blocks->links = larger;
	blocks->room = room;
	return true;
}

int blocks_add(struct blocks *blocks, const struct stat *status)
{
	if (!S_ISDIR(status->st_mode) && status->st_nlink > 1) {
		struct link_key *key;

		if (blocks->count * 2 >= blocks->room && !grow(blocks))
			return -1;
		key = find(blocks->links, blocks->room, status->st_dev, status->st_ino);
		if (key->used)
			return 0;
		*key = (struct link_key){ status->st_dev, status->st_ino, 1 };
		blocks->count++;
	}
	blocks->bytes += (uint64_t)status->st_blocks * BYTES_A_BLOCK;
	return 0;
}

void blocks_free(struct blocks *blocks)
{
	free(blocks->links);
	*blocks = (struct blocks)BLOCKS_EMPTY;
}
