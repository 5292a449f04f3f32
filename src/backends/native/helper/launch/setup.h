/* What the monitor needs of a plan, copied out of it: the plan itself is not kept in memory while the machine runs. */
#ifndef TSMACHINE_SETUP_H
#define TSMACHINE_SETUP_H

#include "monitor.h"
#include "plan.h"

/* One piece of memory, to be given to free(). NULL when there is none. Descriptors are -1. */
struct monitor_setup *setup_copy(const struct plan *plan);

#endif
