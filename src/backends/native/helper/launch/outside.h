/* The operations done by the monitor, in the host's namespaces. */
#ifndef TSMACHINE_OUTSIDE_H
#define TSMACHINE_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "overlay.h"
#include "plan.h"
#include "report.h"

/* What the operations before init's birth decide about it. */
struct birth {
	uint64_t namespaces; /* CLONE_NEW*, of those that clone3(2) makes */
	int cgroup;          /* where it is born (cgroup v2), or -1 */
	bool moves;          /* instead: it is born beside the monitor, and moved there */
	int host_time;       /* the time namespace to come back to, or -1 */
	pid_t pid;
	int pidfd;
	int socket; /* to init-to-be */
};

#define BIRTH_NONE { .cgroup = -1, .host_time = -1, .pidfd = -1, .socket = -1 }

/* Both return 0, or -1 with *failure and *index of the operation. */

/* Ranks 1 and 2: cgroups and namespaces. */
int outside_before_birth(const struct plan *plan, struct birth *birth, size_t *index, struct failure *failure);

/* Ranks 3 and 4, and the legacy cgroups: all that needs init's pid. */
int outside_after_birth(const struct plan *plan, const struct birth *birth, const struct staging *staging, size_t *index,
			struct failure *failure);

/* Children of the monitor are in the host's time namespace again. */
void outside_leave_time(struct birth *birth);

#endif
