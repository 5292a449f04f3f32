/* The monitor's birth. */
#ifndef TSMACHINE_MONITOR_FORK_H
#define TSMACHINE_MONITOR_FORK_H

#include <sys/types.h>

#include "plan.h"

/* As fork(2), in the group of all monitors if that is there and takes processes; plan->born_in tells. */
pid_t monitor_fork(struct plan *plan);

#endif
