/* What cgroup v2 can do, asked of a group that exists for a moment. */
#include "probe.h"

#include "group_program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* The mount point of cgroup v2: field 5 of the line of that type. */
static bool find_mount(char point[PATH_MAX])
{
	static char line[8192];
	bool found = false;
	FILE *file = fopen("/proc/self/mountinfo", "re");
	while (file && !found && fgets(line, sizeof line, file))
		found = strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1;
	if (file)
		fclose(file);
	return found;
}

/* A new group below the root, where our own could hold processes. -1 and why not. */
static int make_group(char path[PATH_MAX], struct detail *detail)
{
	char point[PATH_MAX];
	if (!find_mount(point)) {
		probe_say(detail, false, "no cgroup v2 is mounted");
		return -1;
	}
	if (snprintf(path, PATH_MAX, "%s/tsmachine-probe-%d", point, (int)getpid()) >= PATH_MAX || mkdir(path, 0755) < 0) {
		probe_refused(detail, "mkdir");
		return -1;
	}
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool has_file(const char *name, struct detail *detail)
{
	char path[PATH_MAX];
	int group = make_group(path, detail);
	if (group < 0)
		return false;
	bool there = faccessat(group, name, W_OK, 0) == 0;
	probe_say(detail, there, there ? "%s" : "no %s", name);
	close(group);
	rmdir(path);
	return there;
}

bool probe_cgroup_kill(int unused, struct detail *detail)
{
	(void)unused;
	return has_file("cgroup.kill", detail);
}

bool probe_cgroup_freeze(int unused, struct detail *detail)
{
	(void)unused;
	return has_file("cgroup.freeze", detail);
}

bool probe_into_cgroup(int unused, struct detail *detail)
{
	char path[PATH_MAX];
	int group = make_group(path, detail);
	(void)unused;
	if (group < 0)
		return false;
	struct clone_args arguments = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)group };
	pid_t child = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
	if (child == 0)
		_exit(0);
	if (child < 0)
		probe_refused(detail, "clone3");
	else
		waitpid(child, NULL, 0);
	close(group);
	rmdir(path);
	return child > 0 && probe_say(detail, true, "clone3 with CLONE_INTO_CGROUP");
}

/* One that answers 0: it refuses every device, and lets no packet out. */
static bool takes_program(enum group_program kind, struct detail *detail)
{
	char path[PATH_MAX];
	struct failure failure;
	int group = make_group(path, detail);
	if (group < 0)
		return false;
	bool taken = group_program_put(kind, path, "b7000000000000009500000000000000", &failure) == 0;
	close(group);
	rmdir(path);
	return taken ? probe_say(detail, true, "a BPF program on a v2 group")
		     : probe_say(detail, false, "%s: %s", failure.syscall, errno_name(failure.number));
}

bool probe_device_program(int unused, struct detail *detail)
{
	(void)unused;
	return takes_program(GROUP_DEVICES, detail);
}

bool probe_mark_program(int unused, struct detail *detail)
{
	(void)unused;
	return takes_program(GROUP_MARKS, detail);
}
