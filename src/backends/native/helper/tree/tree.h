/*
 * Trees of files on disk: looked through, moved, removed, and commands run on them. A tree is hostile: no symlink of it is followed,
 * no depth of it is believed, and every step is one name below an open directory.
 */
#ifndef TSMACHINE_TREE_H
#define TSMACHINE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report.h"

enum {
	TREE_FAILED = 1,
	TREE_USAGE = 2,
	TREE_SETUP_FAILED = 125, /* of `confined` and `view`: the command was not run */
};

/* Mode entry points that main.c dispatches to; argv[0] is the mode's name. Each returns the process's exit code. */
int scan_main(int argc, char **argv);
int find_main(int argc, char **argv);
int merge_main(int argc, char **argv);
int whiteout_main(int argc, char **argv);
int opaque_main(int argc, char **argv);
int raise_main(int argc, char **argv);
int like_main(int argc, char **argv);
int remove_main(int argc, char **argv);
int copy_main(int argc, char **argv);
int compare_main(int argc, char **argv);
int confined_main(int argc, char **argv);
int view_main(int argc, char **argv);
int snapshot_main(int argc, char **argv);
int shares_main(int argc, char **argv);

/* What two of them do, for the addon too. 0 or -1; the working directory is another one afterwards. */

/* `find`: of the stack `layers` (absolute, top first) for each of the NUL-ended `paths`. */
int find_in_layers(char *const *layers, size_t count, FILE *paths, FILE *out, struct failure *failure);

/* `like`: makes `made`. */
int make_directory_like(const char *directory, const char *made, struct failure *failure);

/* The directory at `path`, relative to the directory `at`; its last component is no symlink. Close-on-exec, or -1. */
int tree_open(int at, const char *path, struct failure *failure);

/*
 * The directory at the first `length` bytes of `path` (none: `root` itself), which may be longer than a system call takes; every component
 * of it is a directory of the tree. `flags` of openat2(2). Close-on-exec, or -1 with errno: ELOOP for a symlink, EXDEV for a way out.
 */
int tree_open_below(int root, const char *path, size_t length, int flags);

/* Where the last component of `path` begins; *length of what is before its slash. */
const char *tree_last_of(const char *path, size_t *length);

#endif
