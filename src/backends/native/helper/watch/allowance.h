/* How often something may happen, so that a machine that provokes it without end costs the host little. */
#ifndef TSMACHINE_ALLOWANCE_H
#define TSMACHINE_ALLOWANCE_H

#include <stdint.h>

struct allowance {
	uint32_t pause_ms;  /* from one to the next */
	uint32_t burst;     /* so many at that pace, at least 1 */
	uint32_t refill_ms; /* and for each beyond them so long */
	uint64_t paid_until;
};

/* One happens at `now` (monotonic milliseconds). Returns from when on the next one may. */
uint64_t allowance_take(struct allowance *allowance, uint64_t now);

#endif
