/* What is told of one file of a layer: as lstat(2) shows it, its extended attributes, and the overlay's marks. */
#ifndef TSMACHINE_FILE_FACTS_H
#define TSMACHINE_FILE_FACTS_H

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

enum { FILE_FACTS_FIELDS = 15 }; /* of an entry, each ended by a NUL */

struct file_facts {
	struct stat status;
	char target[PATH_MAX]; /* of a symlink, else empty */
	char flags[4];
	uint64_t digest;
};

/* Reads them of `name` in `parent`. The system call that failed, or NULL. */
const char *file_facts_read(struct file_facts *facts, int parent, const char *name);

/* Writes them as one entry (docs/launch-plan.md); what `number` is depends on who asks. */
void file_facts_print(const struct file_facts *facts, size_t number, const char *name, FILE *out);

#endif
