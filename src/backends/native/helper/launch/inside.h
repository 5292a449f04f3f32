/* The operations done by init-to-be, in the machine's namespaces. */
#ifndef TSMACHINE_INSIDE_H
#define TSMACHINE_INSIDE_H

#include "plan.h"

/*
 * Waits for the monitor's word on `socket`, runs the section and becomes init; tells the monitor how it went and never returns.
 * The working directory is the staging directory with the slots. Allocates nothing.
 */
_Noreturn void inside_main(const struct plan *plan, int socket);

#endif
