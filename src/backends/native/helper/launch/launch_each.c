/*
 * `launch-each COUNT`: as many launches by one process. Node takes milliseconds to start a process, because it is large; we do not.
 * Descriptors 3 and 4 are the plan and the status stream of the first launch, 5 and 6 those of the second, and so on.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "launch.h"
#include "number.h"
#include "report.h"

enum { PLAN = 0, STATUS = 3, FIRST = 3, MOST = 64, WRONG_USAGE = 2 };

static int plan_of(int index)
{
	return FIRST + 2 * index;
}

static int status_of(int index)
{
	return plan_of(index) + 1;
}

/* Everything above 2 is close-on-exec by now: a launch gets no descriptor of another one. */
static void become_launch(int index)
{
	char *argv[] = { program_invocation_name, "launch", NULL };

	if (dup2(plan_of(index), PLAN) == PLAN && dup2(status_of(index), STATUS) == STATUS)
		execv("/proc/self/exe", argv);
	_exit(WRONG_USAGE);
}

static void start(int index)
{
	switch (fork()) {
	case -1:
		report_failed(status_of(index), "machine", 0, "run-directory",
			      &(struct failure){ .number = errno, .syscall = "fork", .path = "" });
		break;
	case 0:
		become_launch(index);
	}
}

int launch_each_main(int argc, char **argv)
{
	uint64_t count;

	if (argc != 2 || !number_parse(argv[1], MOST, &count) || count == 0 ||
	    fcntl(status_of((int)count - 1), F_GETFD) < 0)
		return WRONG_USAGE;
	for (int index = 0; index < (int)count; index++)
		start(index);
	return 0;
}
