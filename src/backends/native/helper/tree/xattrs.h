/*
 * Extended attributes of `name` in the directory `parent`; of the directory itself for the name ".". Symlinks are not followed.
 * Afterwards `parent` is the working directory.
 */
#ifndef TSMACHINE_XATTRS_H
#define TSMACHINE_XATTRS_H

#include <linux/limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct xattrs {
	char list[XATTR_LIST_MAX];
	const char *names[XATTR_LIST_MAX / 2]; /* in byte order */
	size_t count;
	char value[XATTR_SIZE_MAX];
};

/* getxattr(2), setxattr(2) and removexattr(2). */
ssize_t xattrs_get(int parent, const char *name, const char *xattr, void *value, size_t size);
int xattrs_set(int parent, const char *name, const char *xattr, const void *value, size_t size, int flags);
int xattrs_remove(int parent, const char *name, const char *xattr);

/* Fills list, names and count. None where the file system has no such thing. 0, or -1 with errno. */
int xattrs_list(int parent, const char *name, struct xattrs *xattrs);

/* Of names and values of those in `xattrs` that are not the overlay's; 0 if there is none, or -1 for errno. Uses `value`. */
int xattrs_digest(int parent, const char *name, struct xattrs *xattrs, uint64_t *digest);

#endif
