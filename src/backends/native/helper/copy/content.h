/* What lies in regular files; their holes are passed over, however long they are. */
#ifndef TSMACHINE_CONTENT_H
#define TSMACHINE_CONTENT_H

#include <sys/types.h>

/* Whether both hold the same bytes: 1, 0, or -1 with errno. */
int content_is_same(int one, int other);

/* Into an empty file; by sharing blocks (FICLONE of ioctl_ficlone(2)) where the file system can. NULL, or the system call that failed. */
const char *content_copy(int from, int to, off_t size);

#endif
