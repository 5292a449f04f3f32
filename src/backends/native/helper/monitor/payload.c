#include "payload.h"

#include "group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_in_group(const char *group, const char *file, int flags)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/%s", group, file) >= (int)sizeof path)
		return -1;
	return open(path, flags | O_CLOEXEC);
}

static bool kill_at_once(const char *group)
{
	int fd = group ? open_in_group(group, "cgroup.kill", O_WRONLY) : -1;
	if (fd < 0)
		return false;
	bool done = write(fd, "1", 1) == 1;
	close(fd);
	return done;
}

static void kill_each(char *pids)
{
	for (char *rest = NULL, *pid = strtok_r(pids, "\n", &rest); pid; pid = strtok_r(NULL, "\n", &rest))
		if (atoi(pid) > 1 && atoi(pid) != getpid())
			kill(atoi(pid), SIGKILL);
}

/* A first piece of cgroup.procs, NUL-terminated and cut after a whole line; its length. */
static size_t read_processes(const char *group, char *text, size_t size)
{
	int fd = open_in_group(group, "cgroup.procs", O_RDONLY);
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, text, size - 1);
	close(fd);
	while (length > 0 && text[length - 1] != '\n')
		length--;
	text[length > 0 ? length : 0] = '\0';
	return length > 0 ? (size_t)length : 0;
}

void payload_kill(const struct monitor_setup *setup)
{
	char pids[4096];
	if (kill_at_once(setup->cgroup_kill))
		return;
	for (size_t index = 0; index < setup->payload_cgroups.count; index++)
		if (read_processes(setup->payload_cgroups.items[index], pids, sizeof pids) > 0)
			kill_each(pids);
}

int payload_open_events(const struct monitor_setup *setup)
{
	return setup->cgroup_kill ? open_in_group(setup->cgroup_kill, "cgroup.events", O_RDONLY) : -1;
}

/* The v2 file counts groups below as well. */
static bool events_say_populated(const struct monitor_setup *setup)
{
	char text[256];
	int fd = payload_open_events(setup);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	return strstr(text, "populated 1") != NULL;
}

bool payload_is_populated(const struct monitor_setup *setup)
{
	char pids[4096];
	if (events_say_populated(setup))
		return true;
	for (size_t index = 0; index < setup->payload_cgroups.count; index++)
		if (read_processes(setup->payload_cgroups.items[index], pids, sizeof pids) > 0)
			return true;
	return false;
}

void payload_remove_cgroups(const struct monitor_setup *setup)
{
	for (size_t index = setup->payload_cgroups.count; index-- > 0;)
		group_tree_remove(setup->payload_cgroups.items[index]);
}
