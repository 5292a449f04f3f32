/* The caller's terminal while a command has one of its own inside: raw, and given back as it was on every way out. */
#ifndef TSMACHINE_OUTER_TERMINAL_H
#define TSMACHINE_OUTER_TERMINAL_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>

struct outer_terminal {
	bool is_raw;
	struct termios before;
};

/* Puts fd 0 into raw mode, if it is a terminal. */
void outer_terminal_raw(struct outer_terminal *terminal);

/* Idempotent. Typed-ahead keys stay. */
void outer_terminal_restore(struct outer_terminal *terminal);

/* The window size of fd 1 or 0. False: neither is a terminal. */
bool outer_terminal_size(struct winsize *size);

/*
 * A non-blocking description of what `fd` is, of our own: the flag on the caller's would be seen by all who share it. The
 * descriptor itself where that cannot be (a file never blocks for long).
 */
int outer_terminal_reopen(int fd, int flags);

#endif
