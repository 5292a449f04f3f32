#include "serving.h"

#include "monotonic.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EVENTS_A_TURN = 16 };

enum event { EVENT_LISTENER, EVENT_SIGNAL, EVENT_CONSOLE, EVENT_TERMINATOR, EVENT_TELLER, EVENT_READINESS, EVENT_AWAITED };

static int watch(struct server *server, int fd, enum event event, uint32_t events)
{
	struct epoll_event interest = { .events = events, .data.u64 = event };
	return epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &interest);
}

/*
 * Not by closing alone: a child that was just forked has the descriptor too until it executes, and so long epoll goes on to tell of
 * it.
 */
static void unwatch(struct server *server, int *fd)
{
	epoll_ctl(server->epoll, EPOLL_CTL_DEL, *fd, NULL);
	close(*fd);
	*fd = -1;
}

/*
 * Blocked and read, rather than ignored or handled: none can end the monitor half-way, and none is inherited as "ignored" by
 * what it starts. (A mask is inherited too: each child empties it.)
 */
static int open_signals(void)
{
	static const int taken[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2 };
	sigset_t set;
	signal(SIGCHLD, SIG_DFL); /* inherited as ignored, the kernel would reap init and its exit code would be lost */
	sigemptyset(&set);
	for (size_t index = 0; index < sizeof taken / sizeof *taken; index++)
		sigaddset(&set, taken[index]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int serving_open(struct server *server, int listener)
{
	server->listener = listener;
	server->terminator = -1;
	server->teller = -1;
	server->readiness = READINESS_NONE;
	server->epoll = epoll_create1(EPOLL_CLOEXEC);
	server->signals = open_signals();
	if (server->epoll < 0 || server->signals < 0)
		return -1;
	clients_init(&server->clients, server->epoll, &server->ring, &server->console);
	if (watch(server, server->listener, EVENT_LISTENER, EPOLLIN) < 0)
		return -1;
	return watch(server, server->signals, EVENT_SIGNAL, EPOLLIN);
}

void serving_adopt(struct server *server, int master, int init_pidfd)
{
	console_adopt(&server->console, master, init_pidfd);
	if (master >= 0)
		/* Edge-triggered: while nobody inside has the console open a pty reports a hang-up without end. */
		watch(server, master, EVENT_CONSOLE, EPOLLIN | EPOLLOUT | EPOLLET);
}

void serving_watch_terminator(struct server *server, int pidfd)
{
	server->terminator = pidfd;
	watch(server, pidfd, EVENT_TERMINATOR, EPOLLIN);
}

void serving_watch_teller(struct server *server, int pidfd)
{
	server->teller = pidfd;
	watch(server, pidfd, EVENT_TELLER, EPOLLIN);
}

void serving_listen(struct server *server, int notify_socket, pid_t init)
{
	server->readiness = (struct readiness){ .fd = notify_socket, .init = init, .left = READINESS_BUDGET };
	if (notify_socket >= 0)
		watch(server, notify_socket, EVENT_READINESS, EPOLLIN);
}

void serving_stop_listening(struct server *server)
{
	if (server->readiness.fd >= 0)
		unwatch(server, &server->readiness.fd);
}

static void listen_to_init(struct server *server)
{
	enum readiness_answer answer = readiness_receive(&server->readiness);

	if (answer == READINESS_WAITING)
		return;
	serving_stop_listening(server);
	if (answer == READINESS_READY)
		server->on_ready();
}

static void end_teller(struct server *server)
{
	unwatch(server, &server->teller);
	server->on_told();
}

static void end_terminator(struct server *server)
{
	unwatch(server, &server->terminator);
	server->on_terminated();
}

/* SIGTERM asks for the machine's end. The others ask for nothing. */
static void take_signals(struct server *server)
{
	struct signalfd_siginfo info;
	while (read(server->signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo == SIGTERM)
			server->on_terminate();
}

static void handle(struct server *server, const struct epoll_event *event, bool *awaited)
{
	if (event->data.u64 & CLIENT_EVENT) {
		clients_event(&server->clients, event->data.u64, event->events);
		return;
	}
	if (event->data.u64 & WATCH_EVENT) {
		watches_event(&server->watches, event->data.u64, monotonic_ms());
		return;
	}
	switch ((enum event)event->data.u64) {
	case EVENT_LISTENER:
		clients_accept(&server->clients, server->listener);
		break;
	case EVENT_SIGNAL:
		take_signals(server);
		break;
	case EVENT_CONSOLE:
		server->console.readable = true;
		if (event->events & EPOLLOUT)
			clients_resume_typing(&server->clients);
		break;
	case EVENT_TERMINATOR:
		end_terminator(server);
		break;
	case EVENT_TELLER:
		end_teller(server);
		break;
	case EVENT_READINESS:
		listen_to_init(server);
		break;
	case EVENT_AWAITED:
		*awaited = true;
		break;
	}
}

static int sooner(int one, int other)
{
	if (one < 0 || other < 0)
		return one < 0 ? other : one;
	return one < other ? one : other;
}

static void move_output(struct server *server)
{
	if (server->console.readable && !clients_hold_back(&server->clients))
		console_read(&server->console, &server->ring);
	clients_send(&server->clients);
}

/* Handles what happens within the time-out. `waiting`: for clients, whose patience then runs out. */
static void take_events(struct server *server, int timeout_ms, bool waiting, bool *awaited)
{
	struct epoll_event events[EVENTS_A_TURN];
	bool held_back = clients_hold_back(&server->clients);
	if (held_back || waiting)
		timeout_ms = sooner(timeout_ms, clients_patience(&server->clients));
	if (server->console.readable && !held_back)
		timeout_ms = 0;
	if (server->watches.count > 0)
		timeout_ms = sooner(timeout_ms, watches_patience(&server->watches, monotonic_ms()));
	int count = epoll_wait(server->epoll, events, EVENTS_A_TURN, timeout_ms);
	for (int index = 0; index < count; index++)
		handle(server, &events[index], awaited);
	if (held_back || waiting)
		clients_give_up_stalled(&server->clients);
	if (server->watches.count > 0)
		watches_look(&server->watches, monotonic_ms());
}

static void tell(struct server *server)
{
	const char *paths[WATCHES_MAX + 1];
	if (server->teller < 0 && watches_happened(&server->watches, paths) > 0)
		server->on_happened();
}

void serving_until(struct server *server, int fd, uint32_t events, int limit_ms)
{
	bool awaited = false;
	uint64_t begin = monotonic_ms(), passed = 0;
	if (watch(server, fd, EVENT_AWAITED, events) < 0)
		return;
	while (!awaited && (limit_ms < 0 || passed < (uint64_t)limit_ms)) {
		move_output(server);
		tell(server);
		take_events(server, limit_ms < 0 ? -1 : limit_ms - (int)passed, false, &awaited);
		passed = monotonic_ms() - begin;
	}
	epoll_ctl(server->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void serving_until_clients(struct server *server, bool (*done)(const struct clients *), int limit_ms)
{
	bool ignored = false;
	uint64_t begin = monotonic_ms(), passed = 0;
	while (passed < (uint64_t)limit_ms) {
		move_output(server);
		if (!server->console.readable && done(&server->clients))
			break;
		take_events(server, limit_ms - (int)passed, true, &ignored);
		passed = monotonic_ms() - begin;
	}
}
