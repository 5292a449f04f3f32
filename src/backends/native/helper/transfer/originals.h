/* What a file is beside its content, as it goes along in a transfer. */
#ifndef TSMACHINE_ORIGINALS_H
#define TSMACHINE_ORIGINALS_H

#include <limits.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "transfer.h"

struct originals_xattrs {
	char list[XATTR_LIST_MAX];
	const char *next, *end;
	/* The one that is met. */
	const char *name;
	char value[XATTR_SIZE_MAX];
	size_t size;
};

/* None where the file system has no such thing. 0, or -1 with errno. */
int originals_xattrs_begin(int fd, struct originals_xattrs *xattrs);

/* Only those that go along; what is gone meanwhile is passed over. False: there are no more. */
bool originals_xattrs_next(const struct transfer *transfer, int fd, struct originals_xattrs *xattrs);

/*
 * With a list of access rights, which `xattrs` has begun to tell of, the group's bits are those that anybody of the list may have: what is
 * left of them without it.
 */
unsigned originals_mode_without_list(int fd, const struct originals_xattrs *xattrs, unsigned mode);

#endif
