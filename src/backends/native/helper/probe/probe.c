#include "probe.h"

#include "launch.h"
#include "records.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	bool (*probe)(int argument, struct detail *detail);
	int argument;
} features[] = {
	{ "kernel", probe_release, 0 },
	{ "user-namespace", probe_user_namespace, CLONE_NEWUSER },
	{ "mount-namespace", probe_namespace, CLONE_NEWNS },
	{ "pid-namespace", probe_namespace, CLONE_NEWPID },
	{ "network-namespace", probe_namespace, CLONE_NEWNET },
	{ "uts-namespace", probe_namespace, CLONE_NEWUTS },
	{ "ipc-namespace", probe_namespace, CLONE_NEWIPC },
	{ "cgroup-namespace", probe_namespace, CLONE_NEWCGROUP },
	{ "time-namespace", probe_namespace, CLONE_NEWTIME },
	{ "pidfd", probe_pidfd, 0 },
	{ "openat2", probe_openat2, 0 },
	{ "close-range", probe_close_range, 0 },
	{ "mount-setattr", probe_mount_setattr, 0 },
	{ "idmapped-mount", probe_idmapped_mount, 0 },
	{ "idmapped-overlay", probe_idmapped_overlay, 0 },
	{ "overlay-append-layers", probe_overlay_append, 0 },
	{ "clone-into-cgroup", probe_into_cgroup, 0 },
	{ "cgroup-kill", probe_cgroup_kill, 0 },
	{ "cgroup-freeze", probe_cgroup_freeze, 0 },
	{ "device-program", probe_device_program, 0 },
	{ "mark-program", probe_mark_program, 0 },
	{ "seccomp-filter", probe_seccomp, 0 },
	{ "btrfs", probe_btrfs, 0 },
};

bool probe_say(struct detail *detail, bool answer, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(detail->text, sizeof detail->text, format, arguments);
	va_end(arguments);
	return answer;
}

bool probe_refused(struct detail *detail, const char *syscall)
{
	return probe_say(detail, false, "%s: %s", syscall, strerror(errno));
}

static void answer_from_child(int fd, bool (*attempt)(int argument, struct detail *detail), int argument)
{
	struct detail detail = { .text = "" };
	bool answer = attempt(argument, &detail);
	ssize_t written = write(fd, &detail, sizeof detail);
	_exit(answer && written == (ssize_t)sizeof detail ? 0 : 1);
}

bool probe_apart(bool (*attempt)(int argument, struct detail *detail), int argument, struct detail *detail)
{
	int channel[2], status = 1;
	if (pipe(channel) < 0)
		return probe_refused(detail, "pipe");
	pid_t child = fork();
	if (child == 0)
		answer_from_child(channel[1], attempt, argument);
	close(channel[1]);
	bool heard = child > 0 && read(channel[0], detail, sizeof *detail) == (ssize_t)sizeof *detail;
	close(channel[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	detail->text[sizeof detail->text - 1] = '\0';
	return heard ? status == 0 : probe_say(detail, false, "the attempt ended without an answer");
}

int probe_main(int argc, char **argv)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	(void)argc;
	(void)argv;
	for (size_t index = 0; index < sizeof features / sizeof *features; index++) {
		struct detail detail = { .text = "" };
		bool answer = features[index].probe(features[index].argument, &detail);
		records_add(&out, "feature", features[index].name, answer ? "yes" : "no", detail.text, NULL);
	}
	return records_send(&out, STDOUT_FILENO) < 0 ? 1 : 0;
}
