/*
 * `transfer`: copies files between the host and a machine. One process reads and one writes, one of them where the machine's root is / and
 * nothing of the host can be reached, as that machine's root; so whatever links the machine has, and however it exchanges them meanwhile,
 * they lead to its own files. This process looks after both.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init_process.h"
#include "transfer.h"
#include "tree.h"

enum { RECORDS_FD = 3, GRACE_MS = 2000, ENDED_GRACE_MS = 200, GRACE_SECONDS = 2 };

volatile sig_atomic_t transfer_stopped;

/* What is half made is removed now; a file system that never answers must not hold us. */
static void stop(int number)
{
	(void)number;
	transfer_stopped = 1;
	alarm(GRACE_SECONDS);
}

/* Without SA_RESTART: what waits shall see it. */
static void take_signals(void)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t none;

	sigaction(SIGTERM, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Our parent's death; after the change of credentials, which clears it (prctl(2)). */
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	umask(0); /* modes are those that come */
}

/* The other one has failed, or somebody wants the end: then who knows why has said so. */
static bool is_known(const struct failure *failure)
{
	bool of_link = strcmp(failure->syscall, "sendmsg") == 0 || strcmp(failure->syscall, "recvmsg") == 0;

	return failure->number == ECANCELED || (failure->number == EPIPE && of_link);
}

static int work(const struct transfer *transfer, bool reads, int init, int link)
{
	struct failure failure = { 0 };
	bool in_machine = reads != transfer->push;
	int result = in_machine ? transfer_enter_machine(transfer, init, &failure) : 0;

	if (result == 0) {
		take_signals();
		result = reads ? transfer_read(transfer, in_machine, link, &failure) : transfer_write(transfer, in_machine, link, &failure);
		if (result < 0 && !is_known(&failure))
			report_failure(STDERR_FILENO, &failure, reads ? "read" : "write");
	} else {
		report_failure(STDERR_FILENO, &failure, "enter");
	}
	return result == 0 ? 0 : TREE_FAILED;
}

static pid_t begin(const struct transfer *transfer, bool reads, int init, const int ends[2])
{
	pid_t pid = fork();

	if (pid == 0) {
		close(ends[reads ? 1 : 0]);
		_exit(work(transfer, reads, init, ends[reads ? 0 : 1]));
	}
	return pid;
}

struct overseer {
	pid_t workers[2];   /* 0: it has ended */
	bool failed, ended; /* of them one; the machine */
	int grace_ms;       /* until they are killed; -1: nobody wants that */
};

static void end_all(struct overseer *overseer, int number)
{
	for (size_t i = 0; i < 2; i++) {
		if (overseer->workers[i] > 0)
			kill(overseer->workers[i], number);
	}
}

static bool is_over(const struct overseer *overseer)
{
	return overseer->workers[0] <= 0 && overseer->workers[1] <= 0;
}

static void want_end(struct overseer *overseer, int grace_ms)
{
	if (overseer->grace_ms >= 0)
		return;
	overseer->grace_ms = grace_ms;
	overseer->failed = true;
	end_all(overseer, SIGTERM);
}

static void reap(struct overseer *overseer)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < 2; i++) {
			if (overseer->workers[i] == pid)
				overseer->workers[i] = 0;
		}
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			want_end(overseer, GRACE_MS);
	}
}

static void take_signal(struct overseer *overseer, int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) == (ssize_t)sizeof info && info.ssi_signo != SIGCHLD)
		want_end(overseer, GRACE_MS);
	reap(overseer);
}

/* A machine that has ended may be started again: nobody may have its files mounted then. */
static void oversee(struct overseer *overseer, int signals, int init)
{
	struct pollfd polled[] = { { .fd = signals, .events = POLLIN }, { .fd = init, .events = POLLIN } };

	while (!is_over(overseer)) {
		int ready = poll(polled, 2, overseer->grace_ms);

		if (ready == 0)
			end_all(overseer, SIGKILL);
		if (ready > 0 && polled[0].revents != 0)
			take_signal(overseer, signals);
		if (ready > 0 && polled[1].revents != 0) {
			overseer->ended = true;
			polled[1].fd = -1;
			want_end(overseer, ENDED_GRACE_MS);
		}
	}
}

static int open_signals(void)
{
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run(const struct transfer *transfer, int init, struct failure *failure)
{
	struct overseer overseer = { .grace_ms = -1 };
	int signals = open_signals();
	int ends[2];

	if (signals < 0)
		return fail(failure, "signalfd", NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(failure, "socketpair", NULL);
	overseer.workers[0] = begin(transfer, true, init, ends);
	overseer.workers[1] = begin(transfer, false, init, ends);
	close(ends[0]);
	close(ends[1]);
	if (overseer.workers[0] < 0 || overseer.workers[1] < 0) {
		fail(failure, "fork", NULL);
		end_all(&overseer, SIGKILL);
		return -1;
	}
	oversee(&overseer, signals, init);
	if (overseer.ended)
		return fail_with(failure, ESRCH, "pidfd_open", "init");
	return overseer.failed ? TREE_FAILED : 0;
}

int transfer_main(int argc, char **argv)
{
	static struct records records;
	struct transfer transfer;
	struct failure failure = { 0 };
	size_t index;
	const char *reason = records_read(RECORDS_FD, &records, &index);
	int init = -1, result;

	(void)argc, (void)argv;
	close(RECORDS_FD);
	if (reason == NULL)
		reason = transfer_parse(&records, &transfer);
	if (reason != NULL) {
		fail_with(&failure, EINVAL, "records", reason);
		report_failure(STDERR_FILENO, &failure, "");
		return TREE_USAGE;
	}
	if (transfer.init != 0)
		init = init_process_open(transfer.init, transfer.init_start, &failure);
	result = transfer.init != 0 && init < 0 ? -1 : run(&transfer, init, &failure);
	if (result >= 0)
		return result;
	report_failure(STDERR_FILENO, &failure, "enter");
	return TREE_FAILED;
}
