#include "xattrs.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "marks.h"

enum { USUAL_LIST = 512 };

/* Before Linux 6.13 there is no getxattrat(2). A path over /proc/self/fd would do as well, but takes three times as long. */
static bool go_to(int parent)
{
	return fchdir(parent) == 0;
}

ssize_t xattrs_get(int parent, const char *name, const char *xattr, void *value, size_t size)
{
	return go_to(parent) ? lgetxattr(name, xattr, value, size) : -1;
}

int xattrs_set(int parent, const char *name, const char *xattr, const void *value, size_t size, int flags)
{
	return go_to(parent) ? lsetxattr(name, xattr, value, size, flags) : -1;
}

int xattrs_remove(int parent, const char *name, const char *xattr)
{
	return go_to(parent) ? lremovexattr(name, xattr) : -1;
}

/* Most files have a few, and the kernel makes room for as much as it is asked for. */
static ssize_t list(const char *name, struct xattrs *xattrs)
{
	ssize_t length = llistxattr(name, xattrs->list, USUAL_LIST);

	return length < 0 && errno == ERANGE ? llistxattr(name, xattrs->list, sizeof xattrs->list) : length;
}

static int in_byte_order(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

int xattrs_list(int parent, const char *name, struct xattrs *xattrs)
{
	ssize_t length = go_to(parent) ? list(name, xattrs) : -1;

	xattrs->count = 0;
	if (length < 0)
		return errno == ENOTSUP ? 0 : -1;
	for (const char *at = xattrs->list; at < xattrs->list + length; at += strlen(at) + 1)
		xattrs->names[xattrs->count++] = at;
	qsort(xattrs->names, xattrs->count, sizeof *xattrs->names, in_byte_order);
	return 0;
}

/* FNV-1a: the same on every machine and in every version. */
static uint64_t add_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	while (length-- > 0)
		hash = (hash ^ *at++) * UINT64_C(0x100000001b3);
	return hash;
}

int xattrs_digest(int parent, const char *name, struct xattrs *xattrs, uint64_t *digest)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t counted = 0;

	for (size_t i = 0; i < xattrs->count; i++) {
		const char *xattr = xattrs->names[i];
		uint32_t size;
		ssize_t got;

		if (strncmp(xattr, MARKS_PREFIX, strlen(MARKS_PREFIX)) == 0)
			continue;
		got = xattrs_get(parent, name, xattr, xattrs->value, sizeof xattrs->value);
		if (got < 0 && errno != ENODATA)
			return -1;
		if (got < 0)
			continue; /* removed meanwhile */
		size = htole32((uint32_t)got);
		hash = add_bytes(hash, xattr, strlen(xattr) + 1);
		hash = add_bytes(hash, &size, sizeof size);
		hash = add_bytes(hash, xattrs->value, (size_t)got);
		counted++;
	}
	*digest = counted == 0 ? 0 : hash | (hash == 0);
	return 0;
}
