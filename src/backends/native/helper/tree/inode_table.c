#include "inode_table.h"

#include <stdlib.h>

enum { FIRST_ROOM = 1024 };

/* Where the entry is, or belongs. */
static struct inode_entry *place_of(struct inode_entry *entries, size_t room, uint64_t device, uint64_t inode)
{
	uint64_t hash = (inode ^ device << 32) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) & (room - 1);

	while (entries[at].used && (entries[at].inode != inode || entries[at].device != device))
		at = (at + 1) & (room - 1);
	return &entries[at];
}

static bool grow(struct inode_table *table)
{
	size_t room = table->room == 0 ? FIRST_ROOM : table->room * 2;
	struct inode_entry *larger = calloc(room, sizeof *larger);

	if (larger == NULL)
		return false;
	for (size_t i = 0; i < table->room; i++) {
		const struct inode_entry *entry = &table->entries[i];

		if (entry->used)
			*place_of(larger, room, entry->device, entry->inode) = *entry;
	}
	free(table->entries);
	table->entries = larger;
	table->room = room;
	return true;
}

struct inode_entry *inode_table_find(struct inode_table *table, uint64_t device, uint64_t inode, bool *added)
{
	struct inode_entry *entry;

	if (table->count * 2 >= table->room && !grow(table))
		return NULL;
	entry = place_of(table->entries, table->room, device, inode);
	*added = !entry->used;
	if (*added) {
		*entry = (struct inode_entry){ device, inode, 0, true };
		table->count++;
	}
	return entry;
}

int inode_table_add(struct inode_table *table, uint64_t device, uint64_t inode)
{
	bool added;

	if (inode_table_find(table, device, inode, &added) == NULL)
		return -1;
	return added ? 1 : 0;
}

bool inode_table_has(const struct inode_table *table, uint64_t device, uint64_t inode)
{
	return table->room > 0 && place_of(table->entries, table->room, device, inode)->used;
}

void inode_table_free(struct inode_table *table)
{
	free(table->entries);
	*table = (struct inode_table){ 0 };
}
