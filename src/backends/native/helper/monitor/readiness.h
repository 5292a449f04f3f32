/* Whether init has said that it has booted: READY=1 of sd_notify(3). Whatever else a machine's root writes there is read and forgotten. */
#ifndef TSMACHINE_READINESS_H
#define TSMACHINE_READINESS_H

#include <stdint.h>
#include <sys/types.h>

enum {
	/* So many datagrams are read of one machine's run: the processor time is ours, not the machine's. No init sends that many. */
	READINESS_BUDGET = 4096,
	/* At once: between them the monitor serves its clients. */
	READINESS_TURN = 16,
};

enum readiness_answer {
	READINESS_WAITING,
	READINESS_READY,
	READINESS_GIVEN_UP, /* the budget is spent, or the socket broken */
};

struct readiness {
	int fd;        /* or -1: nothing is to be heard, or it was heard */
	pid_t init;    /* whose word counts, in our pid namespace */
	unsigned left; /* of the budget */
	uint64_t at;   /* milliseconds since the epoch; 0: not ready */
};

#define READINESS_NONE ((struct readiness){ .fd = -1 })

/* Reads what has come. When the answer is no more WAITING the caller closes the socket, so that nobody who writes to it waits for us. */
enum readiness_answer readiness_receive(struct readiness *readiness);

#endif
