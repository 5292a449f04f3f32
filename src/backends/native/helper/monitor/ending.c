#include "ending.h"

#include "oom_score.h"
#include "records.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_AGAIN_CODE = 10 };

/* reboot(2) in a pid namespace ends its init by a signal that says what was asked; nobody else can end it by these. */
static const char *reason_of(int signal)
{
	if (signal == SIGHUP)
		return "reboot";
	return signal == SIGINT ? "halt" : "signaled";
}

struct ending ending_reap(pid_t init)
{
	struct ending ending = { .reason = "exited", .at = wall_clock_ms() };
	int status = 0;
	while (waitpid(init, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status))
		ending.code = WEXITSTATUS(status);
	if (WIFSIGNALED(status)) {
		ending.reason = reason_of(WTERMSIG(status));
		ending.signal = WTERMSIG(status);
	}
	return ending;
}

/* Only a child that was not reaped is sure to be itself: the pid of a former run may be somebody else's by now. */
void ending_force(pid_t init)
{
	siginfo_t info;
	if (init <= 0 || waitid(P_PID, (id_t)init, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return;
	kill(init, SIGKILL);
	(void)ending_reap(init);
}

void ending_encode(const struct ending *ending, struct ending_record *record)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	char code[16], signal[16], at[24];
	snprintf(code, sizeof code, "%d", ending->code);
	snprintf(signal, sizeof signal, "%d", ending->signal);
	snprintf(at, sizeof at, "%" PRIu64, ending->at);
	records_add(&out, "ended", ending->reason, code, signal, at, NULL);
	records_add(&out, "end", NULL);
	record->length = out.length < sizeof record->bytes ? (uint32_t)out.length : 0;
	memcpy(record->bytes, out.bytes, record->length);
}

static int write_durably(const char *path, const struct ending_record *record)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	bool written = write(fd, record->bytes, record->length) == (ssize_t)record->length && fsync(fd) == 0;
	close(fd);
	return written ? 0 : -1;
}

int ending_write(const char *path, const struct ending_record *record)
{
	char temporary[PATH_MAX];
	if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (write_durably(temporary, record) == 0 && rename(temporary, path) == 0)
		return 0;
	unlink(temporary);
	return -1;
}

/* A fresh start for a command: nothing of the monitor's signals, session, descriptors or environment. */
static void run_command(char *const *argv)
{
	char path[PATH_MAX], home[PATH_MAX];
	const char *old_path = getenv("PATH"), *old_home = getenv("HOME");
	snprintf(path, sizeof path, "PATH=%s", old_path ? old_path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	snprintf(home, sizeof home, "HOME=%s", old_home ? old_home : "/");
	char *environment[] = { path, home, NULL };

	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close_range(3, ~0u, 0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	environ = environment;
	execvp(argv[0], argv);
	_exit(127);
}

static size_t length_of(const char *const *list)
{
	size_t count = 0;
	while (list && list[count])
		count++;
	return count;
}

static void run_with(char *const *argv, const char *const *more)
{
	size_t count = length_of((const char *const *)argv), further = length_of(more);
	const char **longer = calloc(count + further + 1, sizeof *longer);
	if (!longer)
		_exit(127);
	memcpy(longer, argv, count * sizeof *longer);
	if (further > 0)
		memcpy(longer + count, more, further * sizeof *longer);
	oom_score_restore();
	run_command((char *const *)longer);
}

pid_t ending_run(char *const *argv, const char *const *more)
{
	pid_t pid = fork();
	if (pid == 0)
		run_with(argv, more);
	return pid;
}

bool ending_policy_answer(pid_t command)
{
	int status = 0;
	while (waitpid(command, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == START_AGAIN_CODE;
}
