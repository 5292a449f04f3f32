#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "birth.h"
#include "monitor_fork.h"
#include "plan.h"
#include "report.h"
#include "setup.h"
#include "state.h"

enum { PLAN = 0, STATUS = 3, FAILED = 125 };

static int open_run_directory(struct monitor_setup *setup, struct failure *failure)
{
	const char *path = setup->run_directory;
	struct stat status;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return fail(failure, "open", path);
	setup->run_directory_fd = fd;
	if (fstat(fd, &status) < 0)
		return fail(failure, "fstat", path);
	/* Who else could write here could put a socket of his own in place of the console's. */
	if (status.st_uid != geteuid() || (status.st_mode & 0077) != 0)
		return fail_with(failure, EPERM, "open", path);
	return 0;
}

/* Whether the locked file is still the one of that name: a monitor that ends removes it. */
static bool is_current(int directory, int lock)
{
	struct stat ours, named;

	return fstat(lock, &ours) == 0 && fstatat(directory, "monitor.lock", &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

/* 0; 1 when another monitor has it; -1. */
static int take_lock(struct monitor_setup *setup, struct failure *failure)
{
	int fd = openat(setup->run_directory_fd, "monitor.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return fail(failure, "openat", "monitor.lock");
	setup->lock_fd = fd;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return is_current(setup->run_directory_fd, fd) ? 0 : 1;
	return errno == EWOULDBLOCK ? 1 : fail(failure, "flock", "monitor.lock");
}

static void report_misfortune(int status, const struct misfortune *misfortune)
{
	if (status >= 0)
		report_failed(status, section_names[misfortune->section], misfortune->index, misfortune->operation,
			      &misfortune->failure);
}

static void report_running(int status, const struct monitor_setup *setup)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	char init[24], init_start[24], monitor[24], monitor_start[24];

	snprintf(init, sizeof init, "%d", (int)setup->init_pid);
	snprintf(init_start, sizeof init_start, "%" PRIu64, process_start_time(setup->init_pid));
	snprintf(monitor, sizeof monitor, "%d", (int)getpid());
	snprintf(monitor_start, sizeof monitor_start, "%" PRIu64, process_start_time(getpid()));
	records_add(&out, "running", init, init_start, monitor, monitor_start, NULL);
	/* Nobody may be listening any more; the machine runs all the same. */
	(void)records_send(&out, status);
}

/* All that comes before the machine's end. 0, or -1 after everything was reported and undone. */
static int start(const struct plan *plan, struct monitor_setup *setup, int status)
{
	struct misfortune misfortune = { .section = SECTION_MACHINE, .operation = "run-directory" };
	const char *what;

	if (monitor_open(setup, &what) < 0) {
		fail(&misfortune.failure, "open", what);
		report_misfortune(status, &misfortune);
		monitor_abandon(setup);
		return -1;
	}
	if (birth_run(plan, setup, &misfortune) < 0) {
		report_misfortune(status, &misfortune);
		monitor_abandon(setup);
		return -1;
	}
	if (monitor_started(setup) < 0) {
		fail(&misfortune.failure, "rename", "state");
		report_misfortune(status, &misfortune);
		monitor_abandon(setup);
		return -1;
	}
	if (status >= 0)
		report_running(status, setup);
	return 0;
}

static void read_plan_file(const char *path, struct plan *plan, const char **reason)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t index;

	*plan = (struct plan){ 0 };
	*reason = fd < 0 ? "the plan file cannot be opened" : plan_read(fd, plan, &index);
	if (fd >= 0)
		close(fd);
}

/* The machine rebooted: the plan of the next run, as it is on disk now. *setup becomes the next one's, with the lock of the last. */
static int start_again(struct monitor_setup **setup, const char *plan_file)
{
	struct monitor_setup *next;
	struct plan plan;
	const char *reason;
	int result = -1;

	read_plan_file(plan_file, &plan, &reason);
	next = reason == NULL ? setup_copy(&plan) : NULL;
	if (next == NULL) {
		monitor_abandon(*setup);
		plan_free(&plan);
		return -1;
	}
	next->run_directory_fd = (*setup)->run_directory_fd;
	next->lock_fd = (*setup)->lock_fd;
	result = start(&plan, next, -1);
	plan_free(&plan);
	free(*setup);
	*setup = next;
	return result;
}

/* Serves the machine until it ended for good. */
static void serve(struct monitor_setup *setup, const char *plan_file)
{
	while (monitor_run(setup) == MONITOR_START_AGAIN) {
		if (start_again(&setup, plan_file) < 0)
			break;
	}
	free(setup);
}

/* Takes what belongs to a monitor. 0, or -1 after it was reported. */
static int claim(struct monitor_setup *setup)
{
	struct misfortune misfortune = { .section = SECTION_MACHINE, .operation = "run-directory" };
	int locked = open_run_directory(setup, &misfortune.failure);

	if (locked == 0)
		locked = take_lock(setup, &misfortune.failure);
	if (locked < 0)
		report_misfortune(STATUS, &misfortune);
	if (locked > 0)
		report_busy(STATUS, setup->run_directory);
	return locked == 0 ? 0 : -1;
}

/* Nothing of the caller's terminal, session, directory or file modes stays with the machine. */
static void detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	umask(077);
	if (null < 0 || chdir("/") < 0)
		_exit(FAILED);
	for (int fd = 0; fd < STATUS; fd++)
		dup2(null, fd);
	close(null);
}

static int run(struct plan *plan)
{
	struct monitor_setup *setup = setup_copy(plan);
	char *plan_file = strdup(plan_find(plan, SECTION_MACHINE, "plan-file")->arguments[0]);
	int started;

	if (setup == NULL || plan_file == NULL || claim(setup) < 0)
		return FAILED;
	started = start(plan, setup, STATUS);
	close(STATUS);
	plan_free(plan);
	if (started < 0)
		return FAILED;
	serve(setup, plan_file);
	return 0;
}

int launch_main(int argc, char **argv)
{
	struct plan plan;
	size_t index;
	const char *reason;

	(void)argc;
	(void)argv;
	reason = plan_read(PLAN, &plan, &index);
	if (reason != NULL) {
		report_refused(STATUS, index, reason);
		return FAILED;
	}
	/* The caller's child is gone at once: it has nothing to reap later, and no job control reaches the monitor. */
	switch (monitor_fork(&plan)) {
	case -1:
		report_failed(STATUS, "machine", 0, "run-directory",
			      &(struct failure){ .number = errno, .syscall = "fork", .path = "" });
		return FAILED;
	case 0:
		break;
	default:
		_exit(0);
	}
	detach();
	return run(&plan);
}

int check_main(int argc, char **argv)
{
	struct plan plan;
	size_t index;
	const char *reason = plan_read(PLAN, &plan, &index);

	(void)argc;
	(void)argv;
	if (reason == NULL) {
		plan_free(&plan);
		return 0;
	}
	report_refused(STDOUT_FILENO, index, reason);
	return 1;
}
