/* Content that comes, or goes, piece by piece. */
#ifndef TSMACHINE_STREAMS_H
#define TSMACHINE_STREAMS_H

#include <stdbool.h>

#include "report.h"

/*
 * To the end of `from`. `waits`: for more of what is no file; a machine's might never have any, and is EAGAIN then. NULL, or the system call
 * that failed, with errno.
 */
const char *streams_copy(int from, int to, bool waits);

/* The writing side of a transfer of one file to standard output. 0, or -1. */
int streams_write(int socket, struct failure *failure);

#endif
