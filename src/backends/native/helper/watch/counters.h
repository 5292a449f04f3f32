/* The kernel's files of counters, a line `KEY NUMBER` each: memory.events, pids.events, memory.oom_control. */
#ifndef TSMACHINE_COUNTERS_H
#define TSMACHINE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

enum { COUNTERS_TEXT = 1024 };

/* All of a file from its beginning, NUL-terminated; empty if it cannot be read. */
void counters_read(int fd, char text[COUNTERS_TEXT]);

/* The sum of what stands beside these keys (NULL-terminated): none of the numbers ever shrinks, so it grows if one does. */
uint64_t counters_sum(const char *text, char *const *keys);

#endif
