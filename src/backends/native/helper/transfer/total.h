/* How much there is to read: counted beside the reading, once that takes its time. */
#ifndef TSMACHINE_TOTAL_H
#define TSMACHINE_TOTAL_H

#include "transfer.h"

enum { TOTAL_AFTER_MS = 1000 };

/* Makes a process that counts, tells, and ends; it dies with this one. */
void total_count(const struct transfer *transfer, bool in_machine);

#endif
