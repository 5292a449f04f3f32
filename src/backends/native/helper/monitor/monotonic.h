/* The clock that waiting is measured by. */
#ifndef TSMACHINE_MONOTONIC_H
#define TSMACHINE_MONOTONIC_H

#include <stdint.h>

/* Milliseconds, to a few of them. */
uint64_t monotonic_ms(void);

#endif
