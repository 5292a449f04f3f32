/* A request to run a command in a machine, as decoded from the records of `enter` (docs/launch-plan.md). */
#ifndef TSMACHINE_ENTRY_H
#define TSMACHINE_ENTRY_H

#include "records.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

struct entry {
	const struct records *records;
	pid_t init;
	uint64_t init_start;
	int namespaces; /* CLONE_NEW* */
	bool terminal;
	struct winsize size;
	bool driven; /* `drive`: fds 0 and 1 are a program's, and the window's sizes come on a descriptor of their own */
	bool has_outer_modes; /* filled by the outside process from its own terminal */
	struct termios outer_modes;
	const char *user;
	const char *working_directory; /* NULL: the user's home */
	char **argv;                   /* NULL: the user's login shell */
	size_t environment_count;
	bool is_in_first_cgroup; /* of the process that joins the machine: born there */
};

/* NULL, or what is malformed. Strings point into `records`. */
const char *entry_parse(const struct records *records, struct entry *entry);

#endif
