#include "monitor_fork.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup_fork.h"

static void say_alive(const int link[2])
{
	ssize_t written = write(link[1], "", 1);

	(void)written; /* the parent hears the same from the end of the pipe: nothing */
	close(link[0]);
	close(link[1]);
}

static bool is_alive(int link)
{
	char byte;

	return read(link, &byte, 1) == 1;
}

/* As cgroup_fork(), but who was killed at birth was not born. */
static pid_t bear(const char *group)
{
	int link[2];
	pid_t child;
	bool alive;

	if (pipe2(link, O_CLOEXEC) < 0)
		return -1;
	child = cgroup_fork(group);
	if (child == 0) {
		say_alive(link);
		return 0;
	}
	close(link[1]);
	alive = child > 0 && is_alive(link[0]);
	close(link[0]);
	if (child > 0 && !alive)
		waitpid(child, NULL, 0);
	return alive ? child : -1;
}

pid_t monitor_fork(struct plan *plan)
{
	/* It is there when another machine was started before; of several the v2 one comes first. */
	const struct record *group = plan_find(plan, SECTION_OUTSIDE, "cgroup-monitor");
	pid_t monitor;

	plan->born_in = group; /* as the child shall see it */
	monitor = group != NULL ? bear(group->arguments[0]) : -1;
	if (monitor >= 0)
		return monitor;
	plan->born_in = NULL;
	return fork();
}
