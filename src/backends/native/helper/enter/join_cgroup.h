/* Joining a machine's cgroups from outside. */
#ifndef TSMACHINE_JOIN_CGROUP_H
#define TSMACHINE_JOIN_CGROUP_H

#include "report.h"

#include <stddef.h>
#include <sys/types.h>

/*
 * Moves the caller into the cgroup directory `path`; if that is an inner node of a v2 tree, where no process may be (a systemd
 * machine makes it one), into the group that `init` is in. 0, or -1 with *failure.
 */
int join_cgroup(const char *path, pid_t init, struct failure *failure);

/*
 * Where in the file system init's group lies: `path` is a group of the machine, `membership` the v2 path out of /proc/PID/cgroup
 * of a process below it. -1: they do not belong together.
 */
int join_cgroup_locate(const char *path, const char *membership, char *located, size_t size);

#endif
