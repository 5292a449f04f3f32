/*
 * `interfaces PID START`: the network interfaces of the namespace that a machine's init is in, as it sees them: a line
 * `INDEX NAME` each. A name that is not printable, or not ASCII, is left out: its root may have chosen it. So is what is over a
 * bound: its root may have made any number.
 */
#include <ctype.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "init_process.h"
#include "launch.h"
#include "number.h"
#include "report.h"

enum { FAILED = 1, USAGE = 2, MOST = 4096 };

static bool is_printable(const char *name)
{
	while (isgraph((unsigned char)*name))
		name++;
	return *name == '\0';
}

static int list(struct failure *failure)
{
	struct if_nameindex *interfaces = if_nameindex();

	if (interfaces == NULL)
		return fail(failure, "if_nameindex", NULL);
	for (int i = 0; i < MOST && interfaces[i].if_index != 0; i++)
		if (is_printable(interfaces[i].if_name))
			printf("%u %s\n", interfaces[i].if_index, interfaces[i].if_name);
	if_freenameindex(interfaces);
	return fflush(stdout) != 0 ? fail(failure, "write", NULL) : 0;
}

static int join_network(pid_t pid, uint64_t start, struct failure *failure)
{
	int init = init_process_open(pid, start, failure);
	int result;

	if (init < 0)
		return -1;
	result = setns(init, CLONE_NEWNET) < 0 ? fail(failure, "setns", "network") : 0;
	close(init);
	return result;
}

int interfaces_main(int argc, char **argv)
{
	struct failure failure;
	uint64_t pid, start;

	if (argc != 3 || !number_parse(argv[1], INT_MAX, &pid) || !number_parse(argv[2], UINT64_MAX, &start))
		return USAGE;
	if (join_network((pid_t)pid, start, &failure) == 0 && list(&failure) == 0)
		return 0;
	report_failure(STDERR_FILENO, &failure, argv[1]);
	return FAILED;
}
