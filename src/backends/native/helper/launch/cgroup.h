/* Cgroup directories and files, on any hierarchy. All return 0 (or a descriptor), or -1 with *failure. */
#ifndef TSMACHINE_CGROUP_H
#define TSMACHINE_CGROUP_H

#include <sys/types.h>

#include "idmap.h"
#include "records.h"

int cgroup_create(const char *path, struct failure *failure);
/*
 * Made anew: one that an earlier run left is removed first, with all below. It might be frozen or limited still, and the kernel
 * may kill who is born in a group that was killed before (cgroup_fork.h).
 */
int cgroup_create_anew(const char *path, struct failure *failure);

int cgroup_write(const char *path, const char *value, struct failure *failure);

/* Moves a process (0: this one) into the group. */
int cgroup_join(const char *path, pid_t pid, struct failure *failure);

/* For CLONE_INTO_CGROUP. */
int cgroup_open(const char *path, struct failure *failure);

/* The operation `cgroup-delegate PATH NAME...`: the directory and these files, as far as they exist, become the machine's root's. */
int cgroup_delegate(const struct record *record, struct root_ids owner, struct failure *failure);

#endif
