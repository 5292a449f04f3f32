/* Lines `done N`, and `total N` once it is known, on standard output: for who wants to know how far a long work is. */
#ifndef TSMACHINE_TELLING_H
#define TSMACHINE_TELLING_H

#include <stdint.h>

struct telling {
	uint64_t done;
	int64_t began_ms;
	int64_t told_ms;
};

struct telling telling_begin(void);

/* A line at most each 100 ms. */
void telling_add(struct telling *telling, uint64_t amount);

/* May come at any time, and more than once: the last one counts. */
void telling_total(uint64_t total);

/* Milliseconds since it began. */
int64_t telling_since(const struct telling *telling);

/* The last line. */
void telling_end(const struct telling *telling);

#endif
