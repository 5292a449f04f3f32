/* Birth in a cgroup. Moving a process into one waits for a grace period of RCU, often 10 ms and more; being born there does not. */
#ifndef TSMACHINE_CGROUP_FORK_H
#define TSMACHINE_CGROUP_FORK_H

#include <sys/types.h>

/*
 * As fork(2), but the child is born in the group of that directory. -1, if that is none of cgroup v2, or takes no processes, or if
 * the kernel does not know how (before 5.7).
 *
 * The child may never run. From 6.14 on (seen on 6.18) the kernel kills at once who is born in a group that was not killed as a
 * whole (cgroup.kill) just as often as its parent's; and in a frozen group it is frozen from the start.
 */
pid_t cgroup_fork(const char *directory);

#endif
