/*
 * A walk through a tree, depth first, in byte order of the names in each directory. It takes neither C stack nor path names, and few
 * descriptors: a tree may be of any depth.
 */
#ifndef TSMACHINE_WALK_H
#define TSMACHINE_WALK_H

#include "chain.h"
#include "names.h"
#include "report.h"

struct walk_level {
	struct names names;
	size_t next;
	size_t path_length;
};

struct walk {
	struct chain chain;
	struct walk_level *levels;
	size_t depth; /* 1 in the top */
	size_t room;
	char *path; /* of what was met last, relative to the top: for reports */
	size_t path_length;
	size_t path_room;
};

/* What was met: `name` in the directory `parent`. Valid until the next call. */
struct walk_entry {
	int parent;
	const char *name;
	size_t depth; /* 1 for what lies in the top */
};

enum walk_step {
	WALK_FAILED = -1,
	WALK_END,
	WALK_MET,
	WALK_LEFT, /* all that lies in a directory was met, and it is left */
};

/* Takes the descriptor `top` over, also on failure. 0, or -1. */
int walk_begin(struct walk *walk, int top, struct failure *failure);

/* Never enters by itself: see walk_enter. */
enum walk_step walk_next(struct walk *walk, struct walk_entry *entry, struct failure *failure);

/*
 * Goes into the directory that was met last. 1; 0 if it is not there any more, or no directory: somebody else works in the tree;
 * -1 on failure.
 */
int walk_enter(struct walk *walk, struct failure *failure);

/* The descriptor of the innermost directory. */
int walk_directory(const struct walk *walk);

/* May be called at any time after walk_begin. */
void walk_free(struct walk *walk);

/* fail() with the path of what was met last. */
int walk_fail(const struct walk *walk, const char *syscall, struct failure *failure);

#endif
