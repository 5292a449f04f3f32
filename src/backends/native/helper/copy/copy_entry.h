/* One file's copy, of any kind: its content, and what it is. The copy lies where nobody else works. */
#ifndef TSMACHINE_COPY_ENTRY_H
#define TSMACHINE_COPY_ENTRY_H

#include <sys/stat.h>

/* Of the original: `name` in `parent`. Valid while it is copied. */
struct original {
	int parent;
	const char *name;
	struct stat status;
};

/* All below return NULL, or the system call that failed, with errno. */

/* As lstat(2). */
const char *original_look(struct original *original, int parent, const char *name);

/* Anything but a directory: makes `name` in `to`, with all that it is. ESTALE: the original is something else meanwhile. */
const char *copy_file(const struct original *original, int to, const char *name);

/* Gives the directory `to`, which is full, owner, xattrs, mode and times. */
const char *copy_directory_facts(const struct original *original, int to);

#endif
