#include "inode_set.h"

#include <stdlib.h>

enum { FIRST_ROOM = 1024 };

/* Where the key is, or belongs. */
static struct inode_key *find(struct inode_key *keys, size_t room, uint64_t device, uint64_t inode)
{
	uint64_t hash = (inode ^ device << 32) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (room - 1);

	while (keys[at].used && (keys[at].inode != inode || keys[at].device != device))
		at = (at + 1) & (room - 1);
	return &keys[at];
}

static bool grow(struct inode_set *set)
{
	size_t room = set->room == 0 ? FIRST_ROOM : set->room * 2;
	struct inode_key *larger = calloc(room, sizeof *larger);

	if (larger == NULL)
		return false;
	for (size_t i = 0; i < set->room; i++) {
		if (set->keys[i].used)
			*find(larger, room, set->keys[i].device, set->keys[i].inode) = set->keys[i];
	}
	free(set->keys);
	set->keys = larger;
	set->room = room;
	return true;
}

int inode_set_add(struct inode_set *set, uint64_t device, uint64_t inode)
{
	struct inode_key *key;

	if (set->count * 2 >= set->room && !grow(set))
		return -1;
	key = find(set->keys, set->room, device, inode);
	if (key->used)
		return 0;
	*key = (struct inode_key){ device, inode, true };
	set->count++;
	return 1;
}

bool inode_set_has(const struct inode_set *set, uint64_t device, uint64_t inode)
{
	return set->room > 0 && find(set->keys, set->room, device, inode)->used;
}

void inode_set_free(struct inode_set *set)
{
	free(set->keys);
	*set = (struct inode_set){ 0 };
}
