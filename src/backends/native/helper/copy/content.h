/* What lies in regular files; their holes are passed over, however long they are. */
#ifndef TSMACHINE_CONTENT_H
#define TSMACHINE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Whether both hold the same bytes: 1, 0, or -1 with errno. */
int content_is_same(int one, int other);

/* Hears of each piece that is copied. False: it is to end there (ECANCELED). */
typedef bool content_told(size_t bytes);

/*
 * Into an empty file; by sharing blocks (FICLONE of ioctl_ficlone(2)) where the file system can. `told` may be NULL. NULL, or the system
 * call that failed.
 */
const char *content_copy(int from, int to, off_t size, content_told *told);

#endif
