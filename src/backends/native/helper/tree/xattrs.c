#include "xattrs.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "marks.h"

/* Before Linux 6.13 there is no getxattrat(2); a descriptor's link in /proc is the same as the directory it stands for. */
struct place {
	char path[32 + NAME_MAX];
};

static const char *place_of(struct place *place, int parent, const char *name)
{
	snprintf(place->path, sizeof place->path, "/proc/self/fd/%d/%s", parent, name);
	return place->path;
}

ssize_t xattrs_get(int parent, const char *name, const char *xattr, void *value, size_t size)
{
	return lgetxattr(place_of(&(struct place){ 0 }, parent, name), xattr, value, size);
}

int xattrs_set(int parent, const char *name, const char *xattr, const void *value, size_t size, int flags)
{
	return lsetxattr(place_of(&(struct place){ 0 }, parent, name), xattr, value, size, flags);
}

int xattrs_remove(int parent, const char *name, const char *xattr)
{
	return lremovexattr(place_of(&(struct place){ 0 }, parent, name), xattr);
}

static int in_byte_order(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

int xattrs_list(int parent, const char *name, struct xattrs *xattrs)
{
	ssize_t length = llistxattr(place_of(&(struct place){ 0 }, parent, name), xattrs->list, sizeof xattrs->list);

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
