#include "allowance.h"

static uint64_t later(uint64_t one, uint64_t other)
{
	return one > other ? one : other;
}

/* The generic cell rate algorithm: one number is the whole bucket. */
uint64_t allowance_take(struct allowance *allowance, uint64_t now)
{
	uint64_t room = (uint64_t)(allowance->burst - 1) * allowance->refill_ms;

	allowance->paid_until = later(allowance->paid_until, now) + allowance->refill_ms;
	return later(now + allowance->pause_ms, allowance->paid_until > room ? allowance->paid_until - room : 0);
}
