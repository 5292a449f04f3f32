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
};

void changes_count(const struct changes *changes);

/* Removes `name` in `parent` with all below it. What is not there is fine. 0, or -1. */
int remove_tree(int parent, const char *name, const struct changes *changes, struct failure *failure);

#endif
