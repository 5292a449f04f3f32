/* What a directory is, but for what lies in it. */
#ifndef TSMACHINE_ATTRIBUTES_H
#define TSMACHINE_ATTRIBUTES_H

#include <time.h>

/* Owner, mode and all xattrs but the overlay's own; the time not. NULL, or the system call that failed, with errno. */
const char *attributes_give(int from, int to);

/* 0, or -1 with errno. */
int attributes_set_time(int directory, struct timespec modified);

#endif
