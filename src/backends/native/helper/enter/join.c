#include "join.h"

#include "apparmor.h"
#include "become_root.h"
#include "command.h"
#include "confine.h"
#include "give_up.h"
#include "join_cgroup.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CODE_SETUP = 125 };

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
		give_up(link, CODE_SETUP, &failure);
	if (records_find(entry->records, "apparmor") && apparmor_hold_proc(&failure) < 0)
		give_up(link, CODE_SETUP, &failure);
	if (setns(init_pidfd, entry->namespaces) < 0) {
		fail(&failure, "setns", NULL);
		give_up(link, CODE_SETUP, &failure);
	}
	close(init_pidfd);
	if (become_root(&failure) < 0)
		give_up(link, CODE_SETUP, &failure);

	pid_t command = fork_sibling(&pidfd);
	if (command == 0)
		command_run(entry, link);
	if (command < 0) {
		fail(&failure, "clone3", NULL);
		give_up(link, CODE_SETUP, &failure);
	}
	_exit(message_send(link, &born, pidfd) < 0 ? CODE_SETUP : 0);
}
