/* Init's birth: from a checked plan to a process that has executed the machine's init. */
#ifndef TSMACHINE_BIRTH_H
#define TSMACHINE_BIRTH_H

#include "monitor.h"
#include "plan.h"
#include "report.h"

/* Where a launch failed. */
struct misfortune {
	enum section section;
	size_t index;
	const char *operation;
	struct failure failure;
};

/*
 * Runs the outside and inside sections. 0 with init_pid, init_pidfd and console_master of *setup; or -1 with *misfortune, and
 * nothing alive: what remains is cgroups and the run directory, which monitor_abandon() removes.
 */
int birth_run(const struct plan *plan, struct monitor_setup *setup, struct misfortune *misfortune);

#endif
