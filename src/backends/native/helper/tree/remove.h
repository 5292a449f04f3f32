/* Removes a tree, however deep it is. */
#ifndef TSMACHINE_REMOVE_H
#define TSMACHINE_REMOVE_H

#include <stdint.h>

#include "report.h"

/* Who is told of what happens on disk. */
struct changes {
	void (*changed)(void *context); /* after each change; or NULL */
	void *context;
	/* After each removal: the bytes on disk that had no other name. Or NULL: nobody looks at each file before. */
	void (*freed)(void *context, uint64_t bytes);
	/* Of a merge, before its first change: how many entries will be moved or removed; those that move have 0 bytes for `freed`. Or NULL. */
	void (*expected)(void *context, uint64_t entries);
};

void changes_count(const struct changes *changes);

/* One entry has gone from its place, and `bytes` of the disk with it. */
void changes_went(const struct changes *changes, uint64_t bytes);

/* Removes `name` in `parent` with all below it. What is not there is fine. 0, or -1. */
int remove_tree(int parent, const char *name, const struct changes *changes, struct failure *failure);

#endif
