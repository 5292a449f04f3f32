/*
 * Who is attached to the console. A client costs one slot of this table: output waits for it in the ring (it is only a position
 * there), input waits in its socket until the pty takes it. So no client, however slow or hostile, makes the monitor grow.
 */
#ifndef TSMACHINE_CLIENTS_H
#define TSMACHINE_CLIENTS_H

#include "console.h"
#include "frames.h"
#include "ring.h"

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

struct client {
	int fd; /* -1: a free slot */
	uint32_t generation; /* of the slot: events of an earlier client in it are told apart by it */
	uint32_t interest;   /* what epoll watches for */
	bool reserved; /* in a slot that is no console's */
	bool greeted;
	bool keyboard; /* may type and resize */

	/* Input: the frame being received, and how much keyboard input of it is still to come. */
	uint8_t frame[FRAME_HEADER_BYTES + FRAME_MAX_CONTROL];
	uint8_t frame_length;
	uint32_t typing_left;
	bool pty_full;

	/* Output: the stream offset it has everything before, and the data frame in flight from there. */
	uint64_t position;
	uint32_t flight_sent;   /* bytes of it that went out, header included; 0: none is in flight */
	uint32_t flight_length; /* its payload */
	bool blocked;           /* its socket is full */
	bool owes_welcome, owes_answer, owes_reboot, owes_question;
	uint32_t answer;

	/* Decides in place of on-exit what comes after the end. */
	bool takes_exit, decided;
	uint8_t decision; /* 1: start again, 0: done */

	/* Slowness. */
	bool stalled;         /* took nothing for too long: the machine does not wait for it until it takes something */
	uint64_t progress_ms; /* monotonic time of its last progress */
	int unread;           /* bytes in its socket then: its reading does not wake us, but counts as progress */
};

/* What to tell clients when they have read up to where it happened. */
struct announcements {
	uint64_t reboot_at;
	const uint8_t *question; /* the exit record for who took on-exit's part */
	uint32_t question_length;
	const uint8_t *ended; /* NULL, or the exit record */
	uint32_t ended_length;
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

/* For the two halves below. */

/* Receives and obeys what a client sends. False: it is gone or broke the protocol, close it. */
bool client_receive(struct client *client, const struct ring *ring, struct console *console);

/* Sends until the socket is full or there is nothing more. False: close it. */
bool client_send(struct client *client, const struct ring *ring, const struct announcements *announcements);

uint64_t monotonic_ms(void);

#endif
