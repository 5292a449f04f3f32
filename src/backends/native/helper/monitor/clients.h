/*
 * Who is attached to the console. A client costs one slot of this table: output waits for it in the ring (it is only a position
 * there), input waits in its socket until the pty takes it. So no client, however slow or hostile, makes the monitor grow.
 */
#ifndef TSMACHINE_CLIENTS_H
#define TSMACHINE_CLIENTS_H

#include "client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CLIENTS_MAX = 64,
	/* The last of them are kept for who does not attach, but asks for something (stop, kill). */
	CONSOLES_MAX = 56,
	/* After so long without taking anything a client no longer holds the machine back. */
	CLIENT_PATIENCE_MS = 5000,
};

struct clients {
	struct client items[CLIENTS_MAX];
	int epoll;
	const struct ring *ring;
	struct console *console;
	struct announcements announcements;
	struct client *asked; /* NULL: nobody */
	uint32_t asked_generation;
};

/* Events of clients carry this bit, the slot and its generation in epoll's data. */
#define CLIENT_EVENT ((uint64_t)1 << 63)

void clients_init(struct clients *clients, int epoll, const struct ring *ring, struct console *console);
void clients_accept(struct clients *clients, int listener);
void clients_event(struct clients *clients, uint64_t data, uint32_t events);

/* The pty takes input again. */
void clients_resume_typing(struct clients *clients);

/* Sends what there is to all whose sockets take it. */
void clients_send(struct clients *clients);

/* Whether the machine must wait: somebody live is more than half the ring behind. */
bool clients_hold_back(const struct clients *clients);

/* Whether everybody live was sent everything. */
bool clients_served(const struct clients *clients);

/* Whether nobody is attached. */
bool clients_gone(const struct clients *clients);

/* Milliseconds until the first client that lags runs out of patience; -1: none lags. */
int clients_patience(const struct clients *clients);

/* Stops waiting for clients that took nothing for too long. */
void clients_give_up_stalled(struct clients *clients);

/* Asks one who took on-exit's part what comes next; `record` must live until the answer. False: there is nobody (any more). */
bool clients_ask_exit(struct clients *clients, const uint8_t *record, uint32_t length);

/* Whether who was asked has answered or is gone. */
bool clients_exit_settled(const struct clients *clients);

/* The answer of who was asked; -1: none came, and who did not answer is not asked again. */
int clients_take_decision(struct clients *clients);

void clients_announce_reboot(struct clients *clients);

/* `record` must live on. Clients are closed after they got it. */
void clients_announce_end(struct clients *clients, const uint8_t *record, uint32_t length);

#endif
