/* Many small files of the kernel's at once, each read from its beginning with one read(2), as sampling wants them. */
#ifndef TSMACHINE_SMALL_FILES_H
#define TSMACHINE_SMALL_FILES_H

#include <stddef.h>
#include <stdint.h>

enum { MOST_SMALL_FILES = 64 };

/*
 * `paths` are absolute and NUL-ended, one after the other, `count` of them: else nothing is read, and the result is -1. File i goes to
 * room + i * share, of which it takes lengths[i] bytes, `share` at the most; of one that cannot be read that is -errno. No link at a
 * path's end is followed, and nothing waits: not even a FIFO without a writer.
 */
int read_small_files(const char *paths, size_t length, size_t count, char *room, size_t share, int32_t *lengths);

#endif
