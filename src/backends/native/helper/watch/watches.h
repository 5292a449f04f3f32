/*
 * What the kernel tells of a machine's groups: limits that were hit, memory that ran out, pressure. Nothing is polled: a watch
 * waits until the kernel signals it. Then it looks whether what it watches happened, and is deaf for a while (allowance.h): the
 * machine decides how often the kernel signals, and must not decide how much work that is.
 */
#ifndef TSMACHINE_WATCHES_H
#define TSMACHINE_WATCHES_H

#include "allowance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WATCHES_MAX = 16 };

/* One operation of the plan: watch-counters, watch-pressure, count-file. The strings live as long as the watches. */
struct watch_setup {
	const char *operation;
	char *const *arguments; /* NULL-terminated */
};

struct watch {
	const char *path;
	char *const *keys; /* NULL: it counts nothing */
	int fd;            /* what signals, or -1 */
	int counters;      /* the file of counters, or -1 */
	uint32_t interest; /* EPOLL*: how `fd` signals */
	uint32_t looks;    /* how often it is still looked at for what was announced */
	struct allowance allowance;
	uint64_t seen;    /* the sum of its counters at the last look */
	uint64_t look_at; /* deaf until then (monotonic milliseconds); 0: it listens */
	bool happened;    /* and was not told */
};

struct watches {
	struct watch items[WATCHES_MAX];
	size_t count;
	int epoll;
};

/* Events of watches carry this bit and the index of theirs in epoll's data. */
#define WATCH_EVENT ((uint64_t)1 << 62)

/* What cannot be watched (the machine's groups are gone already, the kernel is older) is left out. */
void watches_open(struct watches *watches, int epoll, const struct watch_setup *setups, size_t count);

void watches_event(struct watches *watches, uint64_t data, uint64_t now);

/* Milliseconds until the first that is deaf is to be looked at; -1: none is. */
int watches_patience(const struct watches *watches, uint64_t now);

/* Looks at those whose time has come. */
void watches_look(struct watches *watches, uint64_t now);

/* Paths of what happened and was not told, NULL-terminated, each once; how many. */
size_t watches_happened(const struct watches *watches, const char *paths[WATCHES_MAX + 1]);

/* Somebody was told of all of it. */
void watches_told(struct watches *watches);

/*
 * The machine has ended: what its counters say at last goes to the file `last-counts` of the run directory (docs/launch-plan.md), if
 * anything happened in this run. Closes all watches.
 */
void watches_end(struct watches *watches, int run_directory_fd);

#endif
