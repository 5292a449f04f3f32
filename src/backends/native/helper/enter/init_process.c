#include "init_process.h"

#include "number.h"
#include "state.h"

#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *init_process_parse(const struct record *record, pid_t *pid, uint64_t *start)
{
	uint64_t number;

	if (record->count != 2 || !number_parse(record->arguments[0], INT_MAX, &number) || number < 1 ||
	    !number_parse(record->arguments[1], INT64_MAX, start))
		return "init wants PID START";
	*pid = (pid_t)number;
	return NULL;
}

/* First hold the process, then look who it is: a pid that was given out anew in between has another start time. */
int init_process_open(pid_t pid, uint64_t start, struct failure *failure)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return fail(failure, "pidfd_open", "init");
	if (process_start_time(pid) != start) {
		close(pidfd);
		return fail_with(failure, ESRCH, "pidfd_open", "init");
	}
	return pidfd;
}
