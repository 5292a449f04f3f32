/* What clients are told, straight from the ring. */
#include "client.h"

#include "monotonic.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum sending { SENT, NOTHING_TO_SEND, SOCKET_FULL, FINISHED };

static enum sending note_progress(struct client *client)
{
	client->progress_ms = monotonic_ms();
	client->stalled = false;
	return SENT;
}

static enum sending note_full(struct client *client)
{
	client->blocked = true;
	ioctl(client->fd, SIOCOUTQ, &client->unread);
	return SOCKET_FULL;
}

static ssize_t send_some(struct client *client, const uint8_t *bytes, size_t length)
{
	return send(client->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static enum sending send_control(struct client *client, uint8_t type, const uint8_t *payload, uint32_t length)
{
	static uint8_t bytes[16384];
	if (length > sizeof bytes - FRAME_HEADER_BYTES)
		return FINISHED;
	frame_encode_header(bytes, type, length);
	if (length > 0)
		memcpy(bytes + FRAME_HEADER_BYTES, payload, length);
	ssize_t sent = send_some(client, bytes, FRAME_HEADER_BYTES + length);
	if (sent == (ssize_t)(FRAME_HEADER_BYTES + length))
		return note_progress(client);
	/* Cut in two (see frames.h: the kernel does not), it could not be mended without a buffer. */
	return sent < 0 && errno == EAGAIN ? note_full(client) : FINISHED;
}

static enum sending send_u64(struct client *client, uint8_t type, uint64_t value)
{
	uint8_t payload[8];
	put_u64(payload, value);
	return send_control(client, type, payload, sizeof payload);
}

static enum sending send_answer(struct client *client)
{
	uint8_t payload[4];
	put_u32(payload, client->answer);
	return send_control(client, FRAME_ANSWER, payload, sizeof payload);
}

/* The ring went over what this client had still to read: begin again in the middle, so that it need not hurry at once. */
static enum sending send_gap(struct client *client, const struct ring *ring)
{
	uint64_t resume = ring->total - ring->capacity / 2;
	enum sending result = send_u64(client, FRAME_GAP, resume - client->position);
	if (result == SENT)
		client->position = resume;
	return result;
}

static enum sending send_data(struct client *client, const struct ring *ring)
{
	static uint8_t bytes[FRAME_HEADER_BYTES + FRAME_OUTPUT_PAYLOAD];
	if (client->flight_sent == 0)
		client->flight_length = (uint32_t)ring_contiguous(ring, client->position, FRAME_OUTPUT_PAYLOAD);
	uint32_t length = client->flight_length;
	frame_encode_header(bytes, FRAME_DATA, length);
	if (ring_read(ring, client->position, bytes + FRAME_HEADER_BYTES, length) < 0)
		return FINISHED;

	ssize_t sent = send_some(client, bytes + client->flight_sent, FRAME_HEADER_BYTES + length - client->flight_sent);
	if (sent < 0)
		return errno == EAGAIN ? note_full(client) : FINISHED;
	client->flight_sent += (uint32_t)sent;
	if (client->flight_sent == FRAME_HEADER_BYTES + length) {
		client->position += length;
		client->flight_sent = 0;
	}
	return note_progress(client);
}

/* The last frame of all. */
static enum sending send_end(struct client *client, const struct announcements *said)
{
	enum sending result = send_control(client, FRAME_END, said->ended, said->ended_length);
	return result == SENT ? FINISHED : result;
}

static enum sending settle(enum sending result, bool *owed)
{
	if (result == SENT)
		*owed = false;
	return result;
}

static enum sending send_next(struct client *client, const struct ring *ring, const struct announcements *said)
{
	bool overtaken = client->position < ring_oldest(ring);
	if (client->flight_sent > 0)
		/* When the rest of a frame was overwritten nothing true can follow. */
		return overtaken ? FINISHED : send_data(client, ring);
	if (client->owes_welcome)
		return settle(send_u64(client, FRAME_WELCOME, client->position), &client->owes_welcome);
	if (client->owes_answer)
		return settle(send_answer(client), &client->owes_answer);
	if (client->owes_question)
		return settle(send_control(client, FRAME_TAKE_EXIT, said->question, said->question_length), &client->owes_question);
	if (overtaken)
		return send_gap(client, ring);
	if (client->owes_reboot && client->position >= said->reboot_at)
		return settle(send_control(client, FRAME_REBOOT, NULL, 0), &client->owes_reboot);
	if (client->position < ring->total)
		return send_data(client, ring);
	return said->ended ? send_end(client, said) : NOTHING_TO_SEND;
}

bool client_send(struct client *client, const struct ring *ring, const struct announcements *announcements)
{
	enum sending result;
	client->blocked = false;
	do
		result = send_next(client, ring, announcements);
	while (result == SENT);
	return result != FINISHED;
}
