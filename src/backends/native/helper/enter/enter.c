/*
 * `enter` and `drive`: runs a command in a machine. Three processes: this one stays outside and is the command's parent; a child joins the
 * machine, makes the command there as our other child, and is gone.
 */
#include "cgroup_fork.h"
#include "entry.h"
#include "init_process.h"
#include "join.h"
#include "launch.h"
#include "relay.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RECORDS_FD = 3, FAILURE_FD = 4, SIZES_FD = 5, CODE_SETUP = 125 };

/* Who was sent, and what came over the link until it closed. */
struct arrival {
	pid_t joiner;
	bool heard;
	int command; /* pidfd */
	int master;
	bool executing, failed;
	struct message failure;
};

/* In words, where the system call's name says too little. */
static const char *explain(const struct failure *failure)
{
	static const struct {
		const char *syscall, *words;
	} words[] = {
		{ "pidfd_open", "the machine is not running" },
		{ "setns", "the machine's namespaces cannot be joined" },
		{ "getpwnam", "no such user in the machine" },
		{ "openat2", "the machine's devpts is not mounted where it belongs" },
		{ "chdir", "the working directory cannot be entered" },
		{ "getcwd", "the working directory lies outside the machine" },
		{ "records", "the request is malformed" },
	};
	for (size_t index = 0; index < sizeof words / sizeof *words; index++)
		if (strcmp(words[index].syscall, failure->syscall) == 0)
			return words[index].words;
	return "";
}

static int give_up(const struct failure *failure, int code)
{
	report_failure(FAILURE_FD, failure, explain(failure));
	return code;
}

/* The machine chooses its users' shells: what is not plain ASCII must not reach the caller's terminal as it is. */
static void make_visible(const char *text, char *visible)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		bool plain = byte >= ' ' && byte <= '~';
		visible += sprintf(visible, plain ? "%c" : "\\x%02x", byte);
	}
	*visible = '\0';
}

/* The machine was entered, the command not: no failure of ours, but said as a shell says it, on the stream of errors. */
static int not_executed(const struct failure *failure, int code)
{
	char path[4 * FAILURE_PATH_BYTES];
	make_visible(failure->path, path);
	dprintf(STDERR_FILENO, "tsmachine: %s: %s\n", path, strerror(failure->number));
	return code;
}

static void take_message(const struct message *message, int descriptor, struct arrival *arrival)
{
	arrival->heard = true;
	if (message->kind == MESSAGE_COMMAND)
		arrival->command = descriptor;
	else if (message->kind == MESSAGE_CONSOLE)
		arrival->master = descriptor;
	else if (message->kind == MESSAGE_EXEC)
		arrival->executing = true;
	else if (message->kind == MESSAGE_FAILED) {
		arrival->failed = true;
		arrival->failure = *message;
	}
}

/* As the relays do (relay.c), which are not there yet: the joiner, which holds the link too, may be slower than the command. */
static bool is_for_command(const struct entry *entry, const struct arrival *arrival, int signal)
{
	return arrival->executing && (!entry->terminal || signal == SIGUSR1 || signal == SIGUSR2);
}

/* Of the signals that somebody sent us, or 0. */
static int next_wish(int signals)
{
	struct signalfd_siginfo info;
	if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
		return 0;
	return info.ssi_signo == SIGWINCH || info.ssi_signo == SIGPIPE ? 0 : (int)info.ssi_signo;
}

/*
 * Until the link closes: then the command was executed, or nobody is left. A signal meanwhile (0: none) is the caller's wish to
 * leave: the machine may make set-up wait for ever, for example by a file system that never answers, or by being frozen. From
 * its execution on the command decides.
 */
static int await_arrival(const struct entry *entry, int link, int signals, struct arrival *arrival)
{
	struct pollfd polled[] = { { .fd = link, .events = POLLIN }, { .events = POLLIN } };
	struct message message;
	int descriptor;
	for (;;) {
		/* Who is executing but not known yet will be in a moment. */
		polled[1].fd = arrival->executing && arrival->command < 0 ? -1 : signals;
		if (poll(polled, 2, -1) < 0)
			continue;
		if (polled[0].revents) {
			if (message_receive(link, &message, &descriptor) <= 0)
				return 0;
			take_message(&message, descriptor, arrival);
			continue;
		}
		int signal = next_wish(signals);
		if (is_for_command(entry, arrival, signal))
			syscall(SYS_pidfd_send_signal, arrival->command, signal, NULL, 0);
		else if (signal)
			return signal;
	}
}

/* Our copies of the command's streams would keep them open: a writer to its stdin should learn when the command closed it. */
static void let_go_of_streams(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

/* `group`: where the joiner is born; NULL: where we are. */
static pid_t send_joiner(struct entry *entry, const char *group, int init_pidfd, int *link)
{
	int ends[2];
	pid_t joiner;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	entry->is_in_first_cgroup = group != NULL; /* as the joiner shall see it */
	joiner = group ? cgroup_fork(group) : fork();
	if (joiner == 0) {
		close(ends[0]);
		join_machine(entry, init_pidfd, ends[1]);
	}
	close(ends[1]);
	*link = ends[0];
	return joiner;
}

/* A signal that came meanwhile, or 0; *arrival tells whether anybody was heard. */
static int arrive(struct entry *entry, const char *group, int init_pidfd, int signals, struct arrival *arrival)
{
	int link = -1, signal = 0;

	arrival->joiner = send_joiner(entry, group, init_pidfd, &link);
	if (arrival->joiner > 0) {
		signal = await_arrival(entry, link, signals, arrival);
		if (!signal)
			waitpid(arrival->joiner, NULL, 0);
	}
	if (link >= 0)
		close(link);
	return signal;
}

/* Nobody is waited for: what v1's freezer holds dies only when it is thawed. */
static int leave(const struct arrival *arrival, int signal)
{
	kill(arrival->joiner, SIGKILL); /* ours and not reaped, so still itself */
	/* An executed one gets SIGHUP: its terminal's master closes with us. */
	if (arrival->command >= 0 && !arrival->executing)
		syscall(SYS_pidfd_send_signal, arrival->command, SIGKILL, NULL, 0);
	return 128 + signal;
}

static int stay_outside(const struct entry *entry, int signals, const struct arrival *arrival)
{
	struct failure lost = { .number = ECHILD, .syscall = "clone3" };

	if (arrival->failed && arrival->executing)
		return not_executed(&arrival->failure.failure, (int)arrival->failure.index);
	if (arrival->failed)
		return give_up(&arrival->failure.failure, CODE_SETUP);
	if (!arrival->executing || arrival->command < 0 || (entry->terminal && arrival->master < 0))
		return give_up(&lost, CODE_SETUP);
	if (entry->terminal)
		return relay_terminal(signals, arrival->command, arrival->master, entry->driven ? SIZES_FD : -1);
	let_go_of_streams();
	return relay_signals(signals, arrival->command);
}

/* Born in the group is fastest; who was not, or was killed at that (cgroup_fork.h), is followed by one who moves there. */
static int start(struct entry *entry, struct failure *failure)
{
	const struct record *group = records_find(entry->records, "cgroup");
	struct arrival arrival = { .command = -1, .master = -1 };
	int signal = 0, signals = relay_open_signals();
	int init_pidfd = init_process_open(entry->init, entry->init_start, failure);

	if (init_pidfd < 0)
		return give_up(failure, CODE_SETUP);
	if (signals < 0) {
		fail(failure, "signalfd", NULL);
		return give_up(failure, CODE_SETUP);
	}
	entry->has_outer_modes = entry->terminal && !entry->driven && tcgetattr(STDIN_FILENO, &entry->outer_modes) == 0;
	if (group)
		signal = arrive(entry, group->arguments[0], init_pidfd, signals, &arrival);
	if (!signal && !arrival.heard)
		signal = arrive(entry, NULL, init_pidfd, signals, &arrival);
	if (signal)
		return leave(&arrival, signal);
	if (arrival.joiner < 0) {
		fail(failure, "fork", NULL);
		return give_up(failure, CODE_SETUP);
	}
	close(init_pidfd);
	return stay_outside(entry, signals, &arrival);
}

static int enter(bool driven)
{
	static struct entry entry;
	static struct records records;
	struct failure failure = { .number = 0 };
	size_t index = 0;

	const char *reason = records_read(RECORDS_FD, &records, &index);
	close(RECORDS_FD);
	if (!reason)
		reason = entry_parse(&records, &entry);
	if (!reason && driven && !entry.terminal)
		reason = "the record `terminal` is missing";
	if (reason) {
		fail_with(&failure, EINVAL, "records", reason);
		return give_up(&failure, CODE_SETUP);
	}
	entry.driven = driven;
	return start(&entry, &failure);
}

int enter_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	return enter(false);
}

int drive_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	return enter(true);
}
