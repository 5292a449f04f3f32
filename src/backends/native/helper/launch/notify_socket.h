/* The socket that init tells by that it has booted: sd_notify(3). */
#ifndef TSMACHINE_NOTIFY_SOCKET_H
#define TSMACHINE_NOTIFY_SOCKET_H

#include "furnish.h"

/* Bound at the path of `record`, for the machine's root alone to write to; the monitor gets it. 0, or -1 with *failure. */
int notify_socket_make(struct room *room, const struct record *record, struct failure *failure);

#endif
