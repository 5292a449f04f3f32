/*
 * Directories that lie one in the other, from the top of a tree to where one is in it. Few of them are open, so that a tree may be deeper
 * than any limit on descriptors: on the way back the others are found as `..`, and have to be what they were.
 */
#ifndef TSMACHINE_CHAIN_H
#define TSMACHINE_CHAIN_H

#include <stddef.h>
#include <sys/types.h>

enum { CHAIN_OPEN = 256 };

struct chain_link {
	int fd; /* -1: closed meanwhile */
	dev_t device;
	ino_t inode;
};

struct chain {
	struct chain_link *links;
	size_t depth;
	size_t room;
	size_t most; /* directories open at once, at least 2; 0: CHAIN_OPEN */
};

/* Takes the descriptor over, also on failure. 0, or -1 with errno. */
int chain_enter(struct chain *chain, int fd);

/* The innermost directory is left, and closed. 0, or -1 with errno: ESTALE if somebody moved it elsewhere. */
int chain_leave(struct chain *chain);

/* The descriptor of the innermost directory. */
int chain_innermost(const struct chain *chain);

void chain_free(struct chain *chain);

#endif
