/*
 * What every attack prints: one line a try, "LABEL OUTCOME", where OUTCOME is `ok` for an attack that succeeded and
 * else the name of errno. The tests read these lines; nothing else is to be printed on stdout.
 */
#ifndef ATTACK_OUTCOME_H
#define ATTACK_OUTCOME_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* `result` is what the system call returned: negative means refused. */
static inline void outcome(const char *label, long result)
{
	const char *name = result < 0 ? strerrorname_np(errno) : "ok";
	printf("%s %s\n", label, name != NULL ? name : "unknown");
	fflush(stdout);
}

#endif
