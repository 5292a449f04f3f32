/* Birth in a cgroup. Moving a process into one waits for a grace period of RCU, often 10 ms and more; being born there does not. */
#ifndef TSMACHINE_CGROUP_FORK_H
#define TSMACHINE_CGROUP_FORK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * As fork(2). The child is born in the group of that directory, if that is one of cgroup v2, exists and takes processes, and if the
 * kernel knows how (5.7); else where its parent is. *there tells which, in both. NULL: no group.
 */
pid_t cgroup_fork(const char *directory, bool *there);

#endif
