/*
 * Moves a layer of an overlay into the one directly below it, so that both together, over whatever lies deeper, look the same after
 * each single change. So it may die anywhere: run again, it finishes. (Only the time of a directory is not kept on the way, but at
 * the end.) What the overlay shows is said in Documentation/filesystems/overlayfs.rst, and in fs/overlayfs/namei.c, ovl_lookup().
 */
#ifndef TSMACHINE_MERGE_H
#define TSMACHINE_MERGE_H

#include "remove.h"
#include "report.h"
#include "stack_find.h"

/* What lies below the lower layer, in every stack that has it. */
struct merge_ground {
	bool none;            /* nothing: it is the lowest one */
	struct stack *layers; /* NULL: not known */
};

/*
 * Both on one file system, and mounted by nobody. Whiteouts that hide nothing of the ground, as far as it is known, are not kept.
 * Afterwards `upper` is empty. EOPNOTSUPP, before anything is changed, for redirects and the like. 0, or -1 with *failure, whose path is
 * relative to `upper`.
 * The working directory is another one afterwards.
 */
int merge_layers(int upper, int lower, const struct merge_ground *ground, const struct changes *changes,
		 struct failure *failure);

#endif
