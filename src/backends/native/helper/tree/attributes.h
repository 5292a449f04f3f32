/* What a file is, but for what lies in it. */
#ifndef TSMACHINE_ATTRIBUTES_H
#define TSMACHINE_ATTRIBUTES_H

#include <time.h>

/* Of a directory: owner, mode and all xattrs but the overlay's own; the time not. NULL, or the system call that failed, with errno. */
const char *attributes_give(int from, int to);

/* All of any file, the overlay's own too, to one that has none. NULL, or the system call that failed, with errno. */
const char *attributes_copy_xattrs(int from, const char *name, int to, const char *to_name);

/* 0, or -1 with errno. */
int attributes_set_time(int directory, struct timespec modified);

#endif
