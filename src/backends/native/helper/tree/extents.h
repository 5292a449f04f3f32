/* Where the content of a file lies: the kernel's Documentation/filesystems/fiemap.rst. */
#ifndef TSMACHINE_EXTENTS_H
#define TSMACHINE_EXTENTS_H

#include <stdbool.h>
#include <stdint.h>

struct extent {
	uint64_t physical;
	uint64_t length;  /* as it is read: compressed, it takes less */
	bool shared;      /* with another file, or another place in this one */
	bool compressed;  /* `physical` is then the beginning of all that was compressed together */
};

/* -1 with errno ends it. */
typedef int extents_take(void *context, const struct extent *extent);

/*
 * Extents of an open file, in the order of the file: also what is yet to be written, not what lies among the metadata. 0, or -1 with
 * errno: EOPNOTSUPP where the file system does not tell.
 */
int extents_read(int fd, extents_take *take, void *context);

#endif
