/* What stays outside while a command runs in a machine: passes its terminal or signals on, and waits for it. */
#ifndef TSMACHINE_RELAY_H
#define TSMACHINE_RELAY_H

/*
 * Blocks the signals that are passed on, and those that must not end us half-way. The descriptor to read them from, or -1.
 * SIGTSTP is not among them: who stops us does not stop the command.
 */
int relay_open_signals(void);

/* Without a terminal. Returns the exit code: the command's own, or 128+N. */
int relay_signals(int signals, int command_pidfd);

/*
 * With one: copies between the caller's terminal (fds 0 and 1) and `master` until the command ended and all it wrote is out.
 * SIGTERM, SIGHUP, SIGINT and SIGQUIT to us leave (128+N): the terminal is restored, and the command hung up on.
 *
 * `sizes`: -1; or a program drives the terminal: fds 0 and 1 are streams that nobody else has, whose end hangs up, and here come the
 * window's sizes, columns and rows, two bytes each in the order of the processor.
 */
int relay_terminal(int signals, int command_pidfd, int master, int sizes);

#endif
