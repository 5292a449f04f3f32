/* A look at many directories at once, as sampling wants it of cgroups: a small file of each, or how many links each has; and which there are. */
#ifndef TSMACHINE_SMALL_FILES_H
#define TSMACHINE_SMALL_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * `names` are paths below `directory`, NUL-ended, one after the other, `count` of them; an empty one is the directory itself. If they are
 * not, nothing is looked at, and the result is -1. What cannot be looked at is told by -errno in its place of `lengths` or `links`.
 *
 * Of directory i the file goes to room + i * share, of which it takes lengths[i] bytes, `share` at the most. It is read from its beginning
 * with one read(2), no link at its path's end is followed, and nothing waits: not even a FIFO without a writer.
 */
int read_small_files(const char *directory, const char *names, size_t length, size_t count, const char *file, char *room, size_t share,
		     int32_t *lengths);

/* st_nlink of each. */
int count_links(const char *directory, const char *names, size_t length, size_t count, int32_t *links);

/* The names of the directories in one, as far as its file system tells what they are, each NUL-ended; nothing if it cannot be read. */
void list_directories(const char *directory, FILE *out);

#endif
