/* The machine's side of the monitor: the console's pty master, and the init that signals go to. */
#ifndef TSMACHINE_CONSOLE_H
#define TSMACHINE_CONSOLE_H

#include "ring.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct console {
	int master;     /* -1: there is none, or not now */
	int init_pidfd; /* -1: there is no init now */
	bool readable;  /* the pty may hold output that was not read yet */
	uint16_t columns, rows; /* the latest asked for; 0: nobody did */
};

/* Takes both over; makes `master` non-blocking and gives it the window size that clients last asked for. */
void console_adopt(struct console *console, int master, int init_pidfd);

/* Closes both. */
void console_close(struct console *console);

/*
 * Moves output into the ring: until there is none, or a bound that lets clients have their turn (and never more than half the
 * ring, which is what clients may be behind). Clears `readable` when all was read.
 */
void console_read(struct console *console, struct ring *ring);

/* Returns how many bytes the pty took; fewer than `length` means that it is full. Without a reader inside, input is dropped. */
size_t console_write(struct console *console, const uint8_t *bytes, size_t length);

void console_resize(struct console *console, uint16_t columns, uint16_t rows);

/* 0, or an errno. Signal 0 asks whether init is alive. */
uint32_t console_signal(const struct console *console, uint32_t signal);

#endif
