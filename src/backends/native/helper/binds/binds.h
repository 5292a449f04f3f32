/* A host's directory or file in a machine that runs, as decoded from the records of `bind` and `unbind` (docs/launch-plan.md). */
#ifndef TSMACHINE_BINDS_H
#define TSMACHINE_BINDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "records.h"

struct bind {
	pid_t init;
	uint64_t init_start;
	const char *source; /* on the host; NULL: what is at `path` goes */
	const char *path;   /* in the machine */
	bool mapped;        /* with the machine's ids */
	bool read_only;
};

/* NULL, or what is malformed. Strings point into `records`. */
const char *bind_parse(const struct records *records, struct bind *bind);

int bind_main(int argc, char **argv);

#endif
