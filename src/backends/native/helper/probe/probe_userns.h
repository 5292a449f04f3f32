/* A user namespace to try things with. */
#ifndef TSMACHINE_PROBE_USERNS_H
#define TSMACHINE_PROBE_USERNS_H

#include "probe.h"

enum { PROBE_FIRST_ID = 100000, PROBE_ID_COUNT = 65536 };

/* A descriptor of a new user namespace with ids 0.. mapped to PROBE_FIRST_ID.., or -1 and why not. */
int probe_open_userns(struct detail *detail);

#endif
