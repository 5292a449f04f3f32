#include "clients.h"

#include "monotonic.h"

#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLOT_MASK = 0xff, GENERATION_SHIFT = 8 };

void clients_init(struct clients *clients, int epoll, const struct ring *ring, struct console *console)
{
	memset(clients, 0, sizeof *clients);
	clients->epoll = epoll;
	clients->ring = ring;
	clients->console = console;
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		clients->items[slot].fd = -1;
}

static void watch(struct clients *clients, struct client *client, int operation, uint32_t events)
{
	uint64_t slot = (uint64_t)(client - clients->items);
	struct epoll_event event = {
		.events = events,
		.data.u64 = CLIENT_EVENT | (uint64_t)client->generation << GENERATION_SHIFT | slot,
	};
	epoll_ctl(clients->epoll, operation, client->fd, &event);
	client->interest = events;
}

static void update_interest(struct clients *clients, struct client *client)
{
	bool listening = !client->pty_full && !client->owes_answer;
	uint32_t events = (listening ? EPOLLIN : 0u) | (client->blocked ? EPOLLOUT : 0u);
	if (events != client->interest)
		watch(clients, client, EPOLL_CTL_MOD, events);
}

static void forget(struct client *client)
{
	close(client->fd);
	uint32_t generation = client->generation + 1;
	memset(client, 0, sizeof *client);
	client->fd = -1;
	client->generation = generation;
}

static struct client *free_slot(struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		if (clients->items[slot].fd < 0)
			return &clients->items[slot];
	return NULL;
}

void clients_accept(struct clients *clients, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	struct client *client = free_slot(clients);
	if (!client) {
		close(fd); /* full: the caller sees an end of file at once, and the machine goes on */
		return;
	}
	client->fd = fd;
	client->reserved = client - clients->items >= CONSOLES_MAX;
	watch(clients, client, EPOLL_CTL_ADD, EPOLLIN);
}

static void send_to(struct clients *clients, struct client *client)
{
	bool stays = client->greeted ? client_send(client, clients->ring, &clients->announcements)
				     : !clients->announcements.ended;
	if (stays)
		update_interest(clients, client);
	else
		forget(client);
}

static void receive_from(struct clients *clients, struct client *client)
{
	if (client_receive(client, clients->ring, clients->console))
		update_interest(clients, client);
	else
		forget(client);
}

void clients_event(struct clients *clients, uint64_t data, uint32_t events)
{
	struct client *client = &clients->items[data & SLOT_MASK];
	uint32_t generation = (uint32_t)(data >> GENERATION_SHIFT);
	if (client->fd < 0 || client->generation != generation)
		return; /* of a client that was closed earlier in this batch */
	if (events & EPOLLIN && client->interest & EPOLLIN)
		receive_from(clients, client);
	else if (events & (EPOLLHUP | EPOLLERR))
		forget(client);
	if (client->fd >= 0 && client->generation == generation && events & EPOLLOUT)
		client->blocked = false;
}

void clients_resume_typing(struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++) {
		struct client *client = &clients->items[slot];
		if (client->fd < 0 || !client->pty_full)
			continue;
		client->pty_full = false;
		receive_from(clients, client);
	}
}

void clients_send(struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++) {
		struct client *client = &clients->items[slot];
		if (client->fd >= 0 && !client->blocked)
			send_to(clients, client);
	}
}

static bool counts(const struct client *client)
{
	return client->fd >= 0 && client->greeted && !client->stalled;
}

static bool lags(const struct clients *clients, const struct client *client)
{
	return counts(client) && clients->ring->total - client->position > clients->ring->capacity / 2;
}

bool clients_hold_back(const struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		if (lags(clients, &clients->items[slot]))
			return true;
	return false;
}

bool clients_served(const struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++) {
		const struct client *client = &clients->items[slot];
		if (counts(client) && client->position < clients->ring->total)
			return false;
	}
	return true;
}

bool clients_gone(const struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		if (clients->items[slot].fd >= 0)
			return false;
	return true;
}

/* Blocked: with an open socket a client has been sent all there is, so it is never behind for long. */
int clients_patience(const struct clients *clients)
{
	uint64_t now = monotonic_ms();
	int least = -1;
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++) {
		const struct client *client = &clients->items[slot];
		if (!counts(client) || !client->blocked)
			continue;
		uint64_t waited = now - client->progress_ms;
		int left = waited < CLIENT_PATIENCE_MS ? (int)(CLIENT_PATIENCE_MS - waited) : 0;
		if (least < 0 || left < least)
			least = left;
	}
	return least;
}

/* The kernel calls a socket writable only when most of it is free: ask how much was read before calling it stalled. */
static bool reads_slowly(struct client *client)
{
	int unread = client->unread;
	ioctl(client->fd, SIOCOUTQ, &unread);
	bool progress = unread < client->unread;
	client->unread = unread;
	if (progress)
		client->progress_ms = monotonic_ms();
	return progress;
}

void clients_give_up_stalled(struct clients *clients)
{
	uint64_t now = monotonic_ms();
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++) {
		struct client *client = &clients->items[slot];
		if (!counts(client) || !client->blocked || now - client->progress_ms < CLIENT_PATIENCE_MS)
			continue;
		client->stalled = !reads_slowly(client);
	}
}

static struct client *find_decider(struct clients *clients)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		if (clients->items[slot].fd >= 0 && clients->items[slot].takes_exit)
			return &clients->items[slot];
	return NULL;
}

bool clients_ask_exit(struct clients *clients, const uint8_t *record, uint32_t length)
{
	clients->asked = find_decider(clients);
	if (!clients->asked)
		return false;
	clients->announcements.question = record;
	clients->announcements.question_length = length;
	clients->asked_generation = clients->asked->generation;
	clients->asked->owes_question = true;
	clients->asked->decided = false;
	return true;
}

/* Otherwise who was asked is gone, and another may be in the slot by now, or gave the part back. */
static bool keeps_exit(const struct clients *clients)
{
	const struct client *asked = clients->asked;
	return asked && asked->generation == clients->asked_generation && asked->takes_exit;
}

bool clients_exit_settled(const struct clients *clients)
{
	return !keeps_exit(clients) || clients->asked->decided;
}

int clients_take_decision(struct clients *clients)
{
	if (!keeps_exit(clients))
		return -1;
	struct client *asked = clients->asked;
	asked->takes_exit = asked->decided;
	asked->owes_question = false;
	return asked->decided ? asked->decision : -1;
}

void clients_announce_reboot(struct clients *clients)
{
	clients->announcements.reboot_at = clients->ring->total;
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		clients->items[slot].owes_reboot = clients->items[slot].greeted;
}

void clients_announce_end(struct clients *clients, const uint8_t *record, uint32_t length)
{
	clients->announcements.ended = record;
	clients->announcements.ended_length = length;
}
