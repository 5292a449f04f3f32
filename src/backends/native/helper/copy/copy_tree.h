/* Copies of trees, of any depth. */
#ifndef TSMACHINE_COPY_TREE_H
#define TSMACHINE_COPY_TREE_H

#include "report.h"

/*
 * Copies `name` in the open directory `from` (any kind of file; a directory with all below it; no symlink is followed) to `to_name` in `to`,
 * which is not there, or an empty directory. Kept are: ids, modes, times, all xattrs (ACLs, capabilities and overlayfs' own among them),
 * hard links, holes, and nodes of all kinds; what cannot be kept is a failure. ESTALE: somebody else works in the tree. 0, or -1 with
 * *failure, whose path is relative to the original. The working directory is another one afterwards.
 */
int copy_tree(int from, const char *name, int to, const char *to_name, struct failure *failure);

#endif
