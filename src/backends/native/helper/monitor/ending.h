/* How a machine ended, and what is done then: the exit record, and the question to policy. */
#ifndef TSMACHINE_ENDING_H
#define TSMACHINE_ENDING_H

#include "monitor.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct ending {
	const char *reason; /* exited, signaled, halt, reboot */
	int code, signal;
	uint64_t at; /* milliseconds since the epoch */
};

/* An encoded exit record. */
struct ending_record {
	uint8_t bytes[256];
	uint32_t length;
};

/* Reaps init, which must have ended. */
struct ending ending_reap(pid_t init);

/* Kills and reaps init, if it is there still. */
void ending_force(pid_t init);

void ending_encode(const struct ending *ending, struct ending_record *record);

/* Writes it atomically and durably: a reader after a power cut finds the old record or this one. 0, or -1 with errno. */
int ending_write(const char *path, const struct ending_record *record);

/*
 * Starts a command with PATH and HOME only and nothing on its stdio; its pid, or -1 with errno. `more`: further arguments of it,
 * NULL-terminated, or NULL.
 */
pid_t ending_run(char *const *argv, const char *const *more);

/* Reaps the on-exit command; whether it answered "start again". */
bool ending_policy_answer(pid_t command);

#endif
