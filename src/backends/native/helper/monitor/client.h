/* One that is attached to the console: what it says (client_receive.c), and what it is told (client_send.c). */
#ifndef TSMACHINE_CLIENT_H
#define TSMACHINE_CLIENT_H

#include "console.h"
#include "frames.h"
#include "ring.h"

#include <stdbool.h>
#include <stdint.h>

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

/* Receives and obeys what a client sends. False: it is gone or broke the protocol, close it. */
bool client_receive(struct client *client, const struct ring *ring, struct console *console);

/* Sends until the socket is full or there is nothing more. False: close it. */
bool client_send(struct client *client, const struct ring *ring, const struct announcements *announcements);

#endif
