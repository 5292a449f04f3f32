#include "cgroup_fork.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

static void say_alive(int link)
{
	ssize_t written = write(link, "", 1);

	(void)written; /* the parent hears the same from the end of the pipe: nothing */
}

static bool is_alive(int link)
{
	char byte;

	return read(link, &byte, 1) == 1;
}

/*
 * From 6.14 on (seen on 6.18) the kernel kills at once who is born in a group that was ever killed as a whole (cgroup.kill), if its
 * parent's group was not: so the child has to say that it lives.
 */
static pid_t bear(int group)
{
	int link[2];
	pid_t child;
	bool alive;

	if (pipe2(link, O_CLOEXEC) < 0)
		return -1;
	child = clone_into(group);
	if (child == 0)
		say_alive(link[1]);
	close(link[1]);
	alive = child <= 0 || is_alive(link[0]);
	close(link[0]);
	if (alive)
		return child;
	waitpid(child, NULL, 0);
	return -1;
}

pid_t cgroup_fork(const char *directory, bool *there)
{
	int group = directory != NULL ? open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	pid_t child;

	*there = true; /* as the child shall see it */
	child = group >= 0 ? bear(group) : -1;
	if (group >= 0)
		close(group);
	if (child >= 0)
		return child;
	*there = false;
	return fork();
}
