/* Copies of trees whose ids are those of a container's range become trees of the ids that are seen inside. */
#ifndef TSMACHINE_SHIFT_H
#define TSMACHINE_SHIFT_H

#include <stdbool.h>
#include <sys/types.h>

enum { SHIFT_IDS = 65536 };

/* Of all copies of this process: BASE and what follows become 0 and what follows. 0 leaves them as they are. */
void shift_from(unsigned base);

/* False with errno, if it is none of the range. */
bool shift_id(unsigned *id);

/*
 * An attribute with ids in it, as getxattr(2) gave it: of access control lists the named users and groups; of file capabilities the
 * root that they count for, without which they count for root. Returns the new size, or -1 with errno.
 */
ssize_t shift_xattr(const char *name, unsigned char *value, ssize_t size);

#endif
