#include "join.h"

#include "apparmor.h"
#include "command.h"
#include "confine.h"
#include "join_cgroup.h"
#include "state.h"

#include <errno.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CODE_SETUP = 125 };

void join_give_up(int link, int code, const struct failure *failure)
{
	struct message message = { .kind = MESSAGE_FAILED, .index = (size_t)code, .failure = *failure };
	(void)message_send(link, &message, -1);
	_exit(code);
}

/* First hold the process, then look who it is: a pid that was given out anew in between has another start time. */
int join_open_init(const struct entry *entry, struct failure *failure)
{
	int pidfd = (int)syscall(SYS_pidfd_open, entry->init, 0);
	if (pidfd < 0)
		return fail(failure, "pidfd_open", "init");
	if (process_start_time(entry->init) != entry->init_start) {
		close(pidfd);
		return fail_with(failure, ESRCH, "pidfd_open", "init");
	}
	return pidfd;
}

/* While the host's root: inside, nobody may raise a hard limit above ours. */
static int set_limits(const struct entry *entry, struct failure *failure)
{
	for (size_t index = 0; index < entry->records->count; index++) {
		const struct record *record = &entry->records->items[index];
		if (strcmp(record->name, "rlimit") == 0 && confine(record, failure) < 0)
			return -1;
	}
	return 0;
}

static int join_cgroups(const struct entry *entry, struct failure *failure)
{
	bool is_in = entry->is_in_first_cgroup;
	for (size_t index = 0; index < entry->records->count; index++) {
		const struct record *record = &entry->records->items[index];
		if (strcmp(record->name, "cgroup") != 0)
			continue;
		if (!is_in && join_cgroup(record->arguments[0], entry->init, failure) < 0)
			return -1;
		is_in = false;
	}
	return 0;
}

/* The machine's root; our ids of the host mean nothing inside. */
static int become_root(struct failure *failure)
{
	if (setgroups(0, NULL) < 0)
		return fail(failure, "setgroups", NULL);
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return fail(failure, "setresuid", "0");
	return 0;
}

/* As fork(2), but the child is our sibling. (The child gets SIGCHLD for its exit as we do: clone(2), CLONE_PARENT.) */
static pid_t fork_sibling(int *pidfd)
{
	struct clone_args arguments = { .flags = CLONE_PARENT | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd };
	return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

void join_machine(const struct entry *entry, int init_pidfd, int link)
{
	struct failure failure = { 0 };
	struct message born = { .kind = MESSAGE_COMMAND };
	int pidfd = -1;

	if (set_limits(entry, &failure) < 0 || join_cgroups(entry, &failure) < 0)
		join_give_up(link, CODE_SETUP, &failure);
	if (records_find(entry->records, "apparmor") && apparmor_hold_proc(&failure) < 0)
		join_give_up(link, CODE_SETUP, &failure);
	if (setns(init_pidfd, entry->namespaces) < 0) {
		fail(&failure, "setns", NULL);
		join_give_up(link, CODE_SETUP, &failure);
	}
	close(init_pidfd);
	/*
	 * From here on processes of the machine may see us. Not dumpable, we cannot be traced or have our descriptors and
	 * executable reached by its root (CVE-2019-5736). Changing ids may reset it.
	 */
	if (become_root(&failure) < 0)
		join_give_up(link, CODE_SETUP, &failure);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);

	pid_t command = fork_sibling(&pidfd);
	if (command == 0)
		command_run(entry, link);
	if (command < 0) {
		fail(&failure, "clone3", NULL);
		join_give_up(link, CODE_SETUP, &failure);
	}
	_exit(message_send(link, &born, pidfd) < 0 ? CODE_SETUP : 0);
}
