/* The last steps of `enter`, in the process that becomes the command. */
#ifndef TSMACHINE_COMMAND_H
#define TSMACHINE_COMMAND_H

#include "entry.h"

/* Runs in the machine's namespaces as its root; becomes the user, is confined, executes. Does not return. */
void command_run(const struct entry *entry, int link) __attribute__((noreturn));

#endif
