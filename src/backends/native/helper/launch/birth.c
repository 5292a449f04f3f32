#include "birth.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"
#include "message.h"
#include "outside.h"
#include "overlay.h"

/* The only other definition of struct clone_args's flags that glibc's <sched.h> has is without these. */
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* One launch under way. */
struct launch {
	const struct plan *plan;
	struct monitor_setup *setup;
	struct misfortune *misfortune;
	struct birth birth;
	struct staging staging;
	bool killed_at_birth; /* init-to-be: by SIGKILL, before it said anything */
};

static int failed_outside(struct launch *launch, size_t index)
{
	const struct operations *outside = &launch->plan->sections[SECTION_OUTSIDE];

	launch->misfortune->section = SECTION_OUTSIDE;
	launch->misfortune->index = index;
	launch->misfortune->operation = index < outside->count ? outside->items[index].name : "namespaces";
	return -1;
}

/* The step that no record stands for belongs to `namespaces`. */
static size_t namespaces_index(const struct plan *plan)
{
	return (size_t)(plan_find(plan, SECTION_OUTSIDE, "namespaces") - plan->sections[SECTION_OUTSIDE].items);
}

static int failed_inside(struct launch *launch, size_t index)
{
	const struct operations *inside = &launch->plan->sections[SECTION_INSIDE];

	launch->misfortune->section = SECTION_INSIDE;
	launch->misfortune->index = index;
	launch->misfortune->operation = index < inside->count ? inside->items[index].name : "exec";
	return -1;
}

/* CLONE_INTO_CGROUP: born in its group, init is never outside its limits; and no move, which waits for a grace period of RCU. */
static pid_t clone_init(struct birth *birth)
{
	struct clone_args arguments = {
		.flags = birth->namespaces | CLONE_PIDFD | (birth->cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
		.pidfd = (uint64_t)(uintptr_t)&birth->pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = birth->cgroup >= 0 ? (uint64_t)birth->cgroup : 0,
	};

	return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

static int give_birth(struct launch *launch)
{
	struct failure *failure = &launch->misfortune->failure;
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return fail(failure, "socketpair", NULL);
	launch->birth.pid = clone_init(&launch->birth);
	if (launch->birth.pid == 0) {
		close(sockets[0]); /* else our own copy would keep the monitor's end alive when it dies */
		inside_main(launch->plan, sockets[1]);
	}
	close(sockets[1]);
	launch->birth.socket = sockets[0];
	return launch->birth.pid < 0 ? fail(failure, "clone3", NULL) : 0;
}

static int run_outside(struct launch *launch)
{
	struct failure *failure = &launch->misfortune->failure;
	size_t index;

	if (outside_before_birth(launch->plan, &launch->birth, &index, failure) < 0)
		return failed_outside(launch, index);
	if (staging_enter(&launch->staging, launch->setup->run_directory, failure) < 0 || give_birth(launch) < 0)
		return failed_outside(launch, namespaces_index(launch->plan));
	outside_leave_time(&launch->birth);
	if (outside_after_birth(launch->plan, &launch->birth, &launch->staging, &index, failure) < 0)
		return failed_outside(launch, index);
	return 0;
}

enum { FORKED_WITHOUT_EXEC = 0x40 /* PF_FORKNOEXEC, field 9 of /proc/PID/stat */ };

/* Whether init got as far as exec, also if it is a zombie by now: an init that ends at once did start. */
static bool has_executed(pid_t pid)
{
	char path[32], text[512];
	unsigned flags = FORKED_WITHOUT_EXEC;
	FILE *file;
	char *after_name;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	after_name = strrchr(text, ')');
	if (after_name == NULL || sscanf(after_name, ") %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		return false;
	return (flags & FORKED_WITHOUT_EXEC) == 0;
}

/* It died without a word about that: say of what. */
static int died(struct launch *launch, size_t index, bool spoke)
{
	siginfo_t info = { .si_status = 0 };
	char how[64];

	(void)waitid(P_PIDFD, (id_t)launch->birth.pidfd, &info, WEXITED | WNOWAIT);
	launch->killed_at_birth = !spoke && info.si_code == CLD_KILLED && info.si_status == SIGKILL;
	snprintf(how, sizeof how, "%s %d", info.si_code == CLD_EXITED ? "exited with code" : "killed by signal", info.si_status);
	fail_with(&launch->misfortune->failure, ECHILD, "waitid", how);
	return failed_inside(launch, index);
}

/* What init-to-be made for the monitor. False: nothing that is awaited. */
static bool keep_descriptor(struct monitor_setup *setup, enum message_kind kind, int descriptor)
{
	int *place = kind == MESSAGE_CONSOLE ? &setup->console_master : kind == MESSAGE_NOTIFY ? &setup->notify_socket : NULL;

	if (place == NULL || *place >= 0)
		return false;
	*place = descriptor;
	return true;
}

/* Listens to init-to-be until its end of the socket closes: at exec or at its death. */
static int run_inside(struct launch *launch)
{
	struct message message = { .kind = MESSAGE_GO };
	size_t reached = 0;
	bool spoke = false;
	int descriptor;

	if (message_send(launch->birth.socket, &message, -1) < 0)
		return died(launch, reached, spoke);
	while (message_receive(launch->birth.socket, &message, &descriptor) == 1) {
		spoke = true;
		if (keep_descriptor(launch->setup, message.kind, descriptor))
			continue;
		if (descriptor >= 0)
			close(descriptor);
		if (message.kind == MESSAGE_FAILED) {
			launch->misfortune->failure = message.failure;
			return failed_inside(launch, message.index);
		}
		reached = message.index;
	}
	return has_executed(launch->birth.pid) ? 0 : died(launch, reached, spoke);
}

static void close_if_open(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Its death as init of a pid namespace is the death of all in it. */
static void kill_and_reap(struct launch *launch)
{
	siginfo_t info;

	if (launch->birth.pid <= 0)
		return;
	syscall(SYS_pidfd_send_signal, launch->birth.pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)launch->birth.pidfd, &info, WEXITED) < 0 && errno == EINTR)
		;
	close_if_open(&launch->birth.pidfd);
}

static int bear(struct launch *launch)
{
	int result = run_outside(launch);

	staging_leave(&launch->staging);
	outside_leave_time(&launch->birth);
	close_if_open(&launch->birth.cgroup);
	if (result == 0)
		result = run_inside(launch);
	close_if_open(&launch->birth.socket);
	if (result < 0) {
		kill_and_reap(launch);
		close_if_open(&launch->setup->console_master);
		close_if_open(&launch->setup->notify_socket);
		return -1;
	}
	launch->setup->init_pid = launch->birth.pid;
	launch->setup->init_pidfd = launch->birth.pidfd;
	return 0;
}

int birth_run(const struct plan *plan, struct monitor_setup *setup, struct misfortune *misfortune)
{
	struct launch launch = {
		.plan = plan,
		.setup = setup,
		.misfortune = misfortune,
		.birth = BIRTH_NONE,
		.staging = { -1, -1 },
	};
	struct launch again = launch;

	again.birth.moves = true;
	if (bear(&launch) == 0)
		return 0;
	/* So does the kernel (cgroup_fork.h) once somebody killed the monitors' group as a whole. */
	return launch.killed_at_birth ? bear(&again) : -1;
}
