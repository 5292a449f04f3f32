/*
 * Files of several names, in a copy of a tree. Their places in the copy are not written down: in deep trees that could be more than
 * there is memory. Each has one name more, a number in a directory of ours in the copy's top, as long as names of it may come.
 */
#ifndef TSMACHINE_HARD_LINKS_H
#define TSMACHINE_HARD_LINKS_H

#include <sys/stat.h>

#include "inode_table.h"
#include "report.h"

struct hard_links {
	int top;        /* of the copy; not owned */
	int directory;  /* -1: not made yet */
	char name[40];  /* of the directory: nobody can have one of that name in his tree */
	struct inode_table files;
	nlink_t *left; /* by number: names of the original that did not come yet */
	size_t count;
	size_t room;
};

/* `top`: a directory, or -1 if the copy is one file: then names of it cannot come again. */
void hard_links_begin(struct hard_links *links, int top);

/* Makes `name` in `parent` another name of what the same file was copied to before. 1; 0 if it was not yet; -1 with errno. */
int hard_links_make(struct hard_links *links, const struct stat *status, int parent, const char *name);

/* `name` in `parent` is the copy of that file, for which hard_links_make() gave 0. 0, or -1 with errno. */
int hard_links_keep(struct hard_links *links, const struct stat *status, int parent, const char *name);

/* Removes what it made in the copy. 0, or -1. */
int hard_links_end(struct hard_links *links, struct failure *failure);

#endif
