/* The directories that a transfer is in, on the side that writes: from its target inwards. */
#ifndef TSMACHINE_ARRIVAL_H
#define TSMACHINE_ARRIVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "chain.h"
#include "parcel.h"
#include "report.h"

struct arrival_level {
	struct parcel_head head; /* what it shall be */
	bool made;               /* by us: nobody else knows of it yet. What was there stays as it was */
	bool hands_down;         /* an access control list, to each new file in it */
	bool gives_group;
	size_t path_length;
};

struct arrival {
	struct chain chain;
	struct arrival_level *levels;
	size_t room;
	/* Of the innermost, for reports: cut off where it is too long, `path_length` is not. */
	char path[FAILURE_PATH_BYTES];
	size_t path_length;
};

/* Takes `top`, the directory of `path`, over. 0, or -1 with errno; then too arrival_free() is to be called. */
int arrival_begin(struct arrival *arrival, int top, const char *path);

/* Goes into `name`, made (0700) where it is missing. 0, or -1 with errno: ENOTDIR for what is something else, a symbolic link too. */
int arrival_enter(struct arrival *arrival, const char *name, const struct parcel_head *head);

/* 0, or -1 with errno. */
int arrival_leave(struct arrival *arrival);

struct arrival_level *arrival_innermost(const struct arrival *arrival);
int arrival_directory(const struct arrival *arrival);
size_t arrival_depth(const struct arrival *arrival);

/* fail() with the path of `name` in the innermost; NULL: of itself. */
int arrival_fail(const struct arrival *arrival, const char *syscall, const char *name, struct failure *failure);

void arrival_free(struct arrival *arrival);

#endif
