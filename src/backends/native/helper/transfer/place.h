/* Where a transfer begins and ends, on either side: the host's paths lead where they lead, the machine's never out of its root. */
#ifndef TSMACHINE_PLACE_H
#define TSMACHINE_PLACE_H

#include <stdbool.h>

#include "report.h"

/* The directory that holds the last component of an absolute path; *name points into `path`, or is "." where that is no name. */
int place_open_parent(bool in_machine, const char *path, const char **name, struct failure *failure);

/* A directory. -1 with *failure: ENOENT, ENOTDIR. */
int place_open_directory(bool in_machine, const char *path, struct failure *failure);

/* The same, made with its parents where it is missing (0755). */
int place_make_directory(bool in_machine, const char *path, struct failure *failure);

#endif
