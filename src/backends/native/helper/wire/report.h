/* What failed, and the status records that say so. */
#ifndef TSMACHINE_REPORT_H
#define TSMACHINE_REPORT_H

#include <stddef.h>

enum { FAILURE_PATH_BYTES = 512 };

/* One failed system call. Plain data without pointers to free: it also travels over the launch socket. */
struct failure {
	int number; /* errno */
	char syscall[32];
	char path[FAILURE_PATH_BYTES]; /* what it was done on; cut off when longer, empty when nothing fits */
};

/* Fills *failure from errno and returns -1, so that a step can end with `return fail(failure, "mount", path);`. */
int fail(struct failure *failure, const char *syscall, const char *path);

/* The same with a given errno. */
int fail_with(struct failure *failure, int number, const char *syscall, const char *path);

/* "ENOENT" for ENOENT; for numbers without a name, the decimal. Valid until the next call. */
const char *errno_name(int number);

/* Status records on `fd` (docs/launch-plan.md); each also writes `end`. A reader that is gone is not an error. */
void report_failed(int fd, const char *section, size_t index, const char *operation, const struct failure *failure);
void report_refused(int fd, size_t index, const char *reason);
void report_busy(int fd, const char *path);

/* `failed SYSCALL ERRNO-NAME PATH DETAIL` of all but launch. */
void report_failure(int fd, const struct failure *failure, const char *detail);

#endif
