/* The names in a directory, in byte order: two readers of the same directory see the same. */
#ifndef TSMACHINE_NAMES_H
#define TSMACHINE_NAMES_H

#include <stddef.h>

struct names {
	char **items;
	size_t count;
	char *bytes; /* where they lie */
};

/* Without `.` and `..`. 0, or -1 with errno. */
int names_read(int directory, struct names *names);

void names_free(struct names *names);

#endif
