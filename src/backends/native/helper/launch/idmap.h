/* The machine's own range of ids. */
#ifndef TSMACHINE_IDMAP_H
#define TSMACHINE_IDMAP_H

#include <sys/types.h>

#include "plan.h"
#include "report.h"

/* What the machine's root is outside. Without a user namespace: 0, 0. */
struct root_ids {
	uid_t uid;
	gid_t gid;
};

struct root_ids idmap_root(const struct plan *plan);

/* Writes all id-map operations into uid_map and gid_map of `pid`; the kernel takes each file once only. 0, or -1 with *failure. */
int idmap_write(const struct plan *plan, pid_t pid, struct failure *failure);

/* The user namespace of `pid`, for mount_setattr(2). A descriptor, or -1 with *failure. */
int idmap_namespace(pid_t pid, struct failure *failure);

#endif
