/* The way into a machine: from a process of the host to one that is among the machine's own. */
#ifndef TSMACHINE_JOIN_H
#define TSMACHINE_JOIN_H

#include "entry.h"
#include "message.h"

/*
 * What enter's processes tell the one that stays outside, over a socketpair that closes by itself when the command is executed:
 * MESSAGE_COMMAND with a pidfd, MESSAGE_CONSOLE with the pty's master, then MESSAGE_EXEC, or MESSAGE_FAILED whose index is the
 * exit code.
 */
#define MESSAGE_COMMAND ((enum message_kind)'p')

/*
 * To be called in a child of the process that stays outside: joins the machine and makes there a *sibling* of the caller, so
 * that the outside process is the command's parent and gets its true exit status. Does not return.
 */
void join_machine(const struct entry *entry, int init_pidfd, int link) __attribute__((noreturn));

#endif
