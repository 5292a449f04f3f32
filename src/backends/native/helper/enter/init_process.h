/* A machine's first process, as requests to go into a machine name it: by its pid and start time. */
#ifndef TSMACHINE_INIT_PROCESS_H
#define TSMACHINE_INIT_PROCESS_H

#include "records.h"
#include "report.h"

#include <stdint.h>
#include <sys/types.h>

/* `init PID START`. NULL, or what is malformed. */
const char *init_process_parse(const struct record *record, pid_t *pid, uint64_t *start);

/* A pidfd of it, which is not somebody else with its old pid. -1 with *failure. */
int init_process_open(pid_t pid, uint64_t start, struct failure *failure);

#endif
