/* The command's terminal: a pty of the machine's own, so that `tty`, tmux and sudo find it inside. */
#ifndef TSMACHINE_COMMAND_TERMINAL_H
#define TSMACHINE_COMMAND_TERMINAL_H

#include "entry.h"
#include "report.h"

/* Makes it the session's controlling terminal and stdio, owned by `owner`; sends the master over `link`. 0, or -1. */
int command_open_terminal(const struct entry *entry, uid_t owner, int link, struct failure *failure);

#endif
