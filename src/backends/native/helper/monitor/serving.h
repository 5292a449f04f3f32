/* The monitor's loop: output from the pty through the ring to clients, input back, and whatever it waits for besides. */
#ifndef TSMACHINE_SERVING_H
#define TSMACHINE_SERVING_H

#include "clients.h"
#include "console.h"
#include "readiness.h"
#include "ring.h"
#include "watches.h"

#include <stdbool.h>
#include <stdint.h>

struct server {
	int epoll, listener, signals;
	int terminator; /* pidfd of what SIGTERM started, or -1 */
	int teller;     /* pidfd of who tells policy what happened, or -1 */
	struct ring ring;
	struct console console;
	struct clients clients;
	struct watches watches;
	struct readiness readiness;
	void (*on_terminate)(void); /* SIGTERM came */
	void (*on_terminated)(void); /* what it started has ended */
	void (*on_happened)(void);   /* what is watched, while nobody tells of it; again and again until it is told */
	void (*on_told)(void);       /* who told has ended */
	void (*on_ready)(void);      /* init said so */
};

/* Watches `listener` (taken over) and the signals; `ring` and `on_terminate` are set by then. 0, or -1 with errno. */
int serving_open(struct server *server, int listener);

/* Watches a child that SIGTERM had started; its pidfd is taken over. */
void serving_watch_terminator(struct server *server, int pidfd);

/* Likewise one that tells of what happened: until its end on_happened is not called. */
void serving_watch_teller(struct server *server, int pidfd);

/* Takes a machine's console over (both may be -1). */
void serving_adopt(struct server *server, int master, int init_pidfd);

/* Listens for init's word that it is ready; the socket (or -1) is taken over. */
void serving_listen(struct server *server, int notify_socket, pid_t init);

/* What was not said by now is not waited for. */
void serving_stop_listening(struct server *server);

/* Serves until `fd` has `events`, or for so many milliseconds at most (-1: for ever). */
void serving_until(struct server *server, int fd, uint32_t events, int limit_ms);

/* Serves until all output was read and `done`, or for so many milliseconds at most. */
void serving_until_clients(struct server *server, bool (*done)(const struct clients *), int limit_ms);

#endif
