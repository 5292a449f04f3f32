/* Removes a tree, however deep it is. */
#ifndef TSMACHINE_REMOVE_H
#define TSMACHINE_REMOVE_H

#include "report.h"

/* Called after each change on disk. */
struct changes {
	void (*changed)(void *context); /* or NULL */
	void *context;
};

void changes_count(const struct changes *changes);

/* Removes `name` in `parent` with all below it. What is not there is fine. 0, or -1. */
int remove_tree(int parent, const char *name, const struct changes *changes, struct failure *failure);

#endif
