#include "cgroup_fork.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where <sched.h> comes first, its own definition of struct clone_args's flags is without it. */
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

static pid_t clone_into(int group)
{
	struct clone_args arguments = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)group,
	};

	return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

pid_t cgroup_fork(const char *directory, bool *there)
{
	int group = directory != NULL ? open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	pid_t child;

	*there = true; /* as the child shall see it */
	child = group >= 0 ? clone_into(group) : -1;
	if (group >= 0)
		close(group);
	if (child >= 0)
		return child;
	*there = false;
	return fork();
}
