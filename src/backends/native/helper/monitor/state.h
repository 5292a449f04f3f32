/* The state file of a run directory (docs/launch-plan.md). It is a hint for readers; the truth is the kernel's. */
#ifndef TSMACHINE_STATE_H
#define TSMACHINE_STATE_H

#include <stdint.h>
#include <sys/types.h>

struct state {
	const char *phase; /* starting, running, stopping */
	pid_t init;        /* 0: not known yet */
	uint64_t started_at; /* milliseconds since the epoch */
	uint64_t ready_at;   /* likewise; 0: init has not said that it is ready */
};

/* Written as a whole or not at all (temp file and rename). 0, or -1 with errno. */
int state_write(int run_directory_fd, const struct state *state);

/* Field 22 of /proc/PID/stat, clock ticks since boot; 0 if there is no such process. With the pid it names a process for good. */
uint64_t process_start_time(pid_t pid);

/* Milliseconds since the epoch. */
uint64_t wall_clock_ms(void);

#endif
