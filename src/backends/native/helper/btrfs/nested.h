/*
 * Subvolumes that a machine has made in its own: a snapshot has empty directories in their place. What lies there is hostile: they are
 * found by what the trees on disk say, and no link is followed.
 */
#ifndef TSMACHINE_NESTED_H
#define TSMACHINE_NESTED_H

#include <stdbool.h>

#include "report.h"

/* Whether any lies in the subvolume. 0, or -1. */
int nested_exist(int top, bool *exist, struct failure *failure);

/*
 * Puts snapshots of all that lie in `source`, at any depth, into its own snapshot `target`, which can be written to; read-only where they
 * were. Nobody works in either of them meanwhile: ESTALE. EMLINK: they lie in each other more than 100 deep. 0, or -1.
 */
int nested_fill(int source, int target, struct failure *failure);

#endif
