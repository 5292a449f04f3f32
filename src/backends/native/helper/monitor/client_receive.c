/* What clients say. They are the owner's own programs, but each byte is checked: a broken one must not hurt the machine. */
#include "client.h"

#include "monotonic.h"

#include <errno.h>
#include <sys/socket.h>

enum receiving { RECEIVED, NOTHING_MORE, GONE };

/* So many pieces a turn, that one who types without end does not starve the others. */
enum { PIECES_A_TURN = 16 };

static enum receiving outcome(ssize_t taken)
{
	if (taken > 0)
		return RECEIVED;
	if (taken < 0 && (errno == EAGAIN || errno == EINTR))
		return NOTHING_MORE;
	return GONE;
}

/* Takes from the socket only what the pty takes: the rest waits there, in the client's own account. */
static enum receiving receive_typing(struct client *client, struct console *console)
{
	static uint8_t bytes[16384];
	size_t wanted = client->typing_left < sizeof bytes ? client->typing_left : sizeof bytes;
	ssize_t there = recv(client->fd, bytes, wanted, MSG_PEEK | MSG_DONTWAIT);
	if (there <= 0)
		return outcome(there);

	size_t written = console_write(console, bytes, (size_t)there);
	if (written > 0 && recv(client->fd, bytes, written, MSG_DONTWAIT) != (ssize_t)written)
		return GONE;
	client->typing_left -= (uint32_t)written;
	client->pty_full = written < (size_t)there;
	return client->pty_full ? NOTHING_MORE : RECEIVED;
}

/* False: what it says is no hello, or consoles there are enough. */
static bool greet(struct client *client, const struct ring *ring, const uint8_t *payload)
{
	uint64_t kept = ring->total - ring_oldest(ring);
	uint64_t replay = get_u32(payload + 1) == UINT32_MAX ? kept : get_u32(payload + 1);
	bool console = payload[0] == 1 || get_u32(payload + 1) > 0;
	if (payload[0] > 1 || (console && client->reserved))
		return false;
	client->greeted = true;
	client->keyboard = payload[0] == 1;
	client->position = ring->total - (replay < kept ? replay : kept);
	client->progress_ms = monotonic_ms();
	client->owes_welcome = true;
	return true;
}

static bool obey(struct client *client, const struct ring *ring, struct console *console)
{
	const uint8_t *payload = client->frame + FRAME_HEADER_BYTES;
	switch (client->frame[0]) {
	case FRAME_HELLO:
		return greet(client, ring, payload);
	case FRAME_RESIZE:
		/* Who only watches does not change what others see. */
		if (client->keyboard)
			console_resize(console, get_u16(payload), get_u16(payload + 2));
		return true;
	case FRAME_SIGNAL:
		client->answer = console_signal(console, get_u32(payload));
		client->owes_answer = true;
		return true;
	case FRAME_TAKE_EXIT:
		client->takes_exit = payload[0] == 1;
		return payload[0] <= 1;
	case FRAME_DECISION:
		client->decided = true;
		client->decision = payload[0];
		return payload[0] <= 1 && client->takes_exit;
	default:
		return false;
	}
}

/* A whole header: keyboard input is passed on as it comes, all else is short and gathered first. */
static bool begin_frame(struct client *client)
{
	struct frame_header header = frame_decode_header(client->frame);
	if (!frame_acceptable(header, client->greeted))
		return false;
	if (header.type != FRAME_DATA)
		return true;
	client->frame_length = 0;
	client->typing_left = header.length;
	return client->keyboard;
}

static enum receiving receive_frame(struct client *client, const struct ring *ring, struct console *console)
{
	size_t whole = FRAME_HEADER_BYTES;
	if (client->frame_length >= FRAME_HEADER_BYTES)
		whole += frame_decode_header(client->frame).length;
	ssize_t taken = recv(client->fd, client->frame + client->frame_length, whole - client->frame_length, MSG_DONTWAIT);
	if (taken <= 0)
		return outcome(taken);
	client->frame_length += (uint8_t)taken;
	if (client->frame_length < whole)
		return RECEIVED;
	if (whole == FRAME_HEADER_BYTES)
		return begin_frame(client) ? RECEIVED : GONE;
	client->frame_length = 0;
	return obey(client, ring, console) ? RECEIVED : GONE;
}

bool client_receive(struct client *client, const struct ring *ring, struct console *console)
{
	enum receiving state = RECEIVED;
	/* One answer at a time is owed: who asks faster than he listens waits. */
	for (int piece = 0; piece < PIECES_A_TURN && state == RECEIVED && !client->owes_answer; piece++)
		state = client->typing_left > 0 ? receive_typing(client, console) : receive_frame(client, ring, console);
	return state != GONE;
}
