/* Removal of a cgroup that a machine was given to rule over. */
#ifndef TSMACHINE_GROUP_TREE_H
#define TSMACHINE_GROUP_TREE_H

/*
 * Removes the cgroup directory at `path` and all groups below. The machine chose their number, depth and names, so it works
 * without recursion, with two descriptors, and gives up when a process is still in one. 0 (also if there is none), or -1 with errno.
 */
int group_tree_remove(const char *path);

#endif
