/* A tree whose owners were shifted on disk, as systemd-nspawn does it for PrivateUsers=: seen as the machine's own processes would. */
#ifndef TSMACHINE_SHIFTED_IDS_H
#define TSMACHINE_SHIFTED_IDS_H

#include <stdint.h>

#include "report.h"

/* Ids 0..count-1 are base..base+count-1 on disk. */
struct id_shift {
	uint32_t base;
	uint32_t count; /* 0: nothing is shifted */
};

/* A user namespace of these ids: a descriptor, or -1. Needs /proc. */
int shifted_ids_open(const struct id_shift *shift, struct failure *failure);

#endif
