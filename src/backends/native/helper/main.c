/*
 * tsmachine-helper: does what a launch plan says and decides nothing. The modes are in docs/launch-plan.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "binds.h"
#include "launch.h"
#include "mounts.h"
#include "report.h"
#include "transfer.h"
#include "tree.h"

enum { SETUP_FAILED = 125, WRONG_USAGE = 2 };

static const struct mode {
	const char *name;
	int (*run)(int argc, char **argv);
	int last_fd;       /* inherited descriptors up to here are the mode's */
	int status_fd;     /* where a failure is reported, or -1 */
	bool among_others; /* shares namespaces with a machine's processes at some time */
	bool for_caller;   /* works on files under the caller's lock: dies with it, as the lock does */
} modes[] = {
	{ "launch", launch_main, 3, 3, true, false }, { "enter", enter_main, 4, 4, true, false },
	{ "drive", drive_main, 5, 4, true, false }, { "lock", lock_main, 2, -1, false, false },
	{ "launch-each", launch_each_main, 2, -1, false, false }, { "lock-each", lock_each_main, 2, -1, false, false },
	{ "probe", probe_main, 2, -1, false, false }, { "check", check_main, 2, -1, false, false },
	{ "find", find_main, 2, -1, false, true }, { "scan", scan_main, 2, -1, false, true },
	{ "merge", merge_main, 2, -1, false, true }, { "whiteout", whiteout_main, 2, -1, false, true },
	{ "opaque", opaque_main, 2, -1, false, true }, { "raise", raise_main, 2, -1, false, true },
	{ "like", like_main, 2, -1, false, true }, { "snapshot", snapshot_main, 2, -1, false, true },
	{ "shares", shares_main, 2, -1, false, true },
	{ "copy", copy_main, 2, -1, false, true }, { "compare", compare_main, 2, -1, false, true },
	{ "remove", remove_main, 2, -1, false, true }, { "view", view_main, 3, -1, false, true },
	{ "transfer", transfer_main, 4, 2, true, true }, { "bind", bind_main, 2, 2, true, true },
	{ "confined", confined_main, 2, 2, true, false }, { "devices", group_program_main, 2, -1, false, false },
	{ "marks", group_program_main, 2, -1, false, false }, { "interfaces", interfaces_main, 2, -1, false, false },
};

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		if (name != NULL && strcmp(modes[i].name, name) == 0)
			return &modes[i];
	}
	return NULL;
}

/* A closed descriptor 0, 1 or 2 would be the next file opened, and take its output. */
static void fill_stdio(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= 2)
		fd = dup(fd);
	if (fd > 2)
		close(fd);
}

/* Whether what we run from cannot be opened for writing, by anybody, through /proc/PID/exe. */
static bool runs_read_only(void)
{
	struct statvfs status;

	return statvfs("/proc/self/exe", &status) == 0 && (status.f_flag & ST_RDONLY) != 0;
}

/*
 * Runs this program again from a read-only mount that nobody else can reach. Else a process in a machine that gets hold of our
 * /proc/PID/exe could overwrite the program that the host's root runs next (CVE-2019-5736). That the mount we run from is
 * read-only is also what ends the loop: the kernel says so, no argument or variable that somebody could set.
 */
static int run_from_private_mount(char **argv, struct failure *failure)
{
	static const char self[] = "/proc/self/exe";
	struct statvfs status;
	int mount = mounts_clone(AT_FDCWD, self, false, failure);

	if (mount < 0 || mounts_set(mount, MOUNTS_READ_ONLY, -1, false, self, failure) < 0)
		return -1;
	if (fstatvfs(mount, &status) < 0 || (status.f_flag & ST_RDONLY) == 0)
		return fail_with(failure, EROFS, "mount_setattr", self);
	syscall(SYS_execveat, mount, "", argv, environ, AT_EMPTY_PATH);
	return fail(failure, "execveat", self);
}

static int report_setup(const struct mode *mode, const struct failure *failure)
{
	if (mode->status_fd >= 0 && strcmp(mode->name, "launch") == 0)
		report_failed(mode->status_fd, "machine", 0, "run-directory", failure);
	else if (mode->status_fd >= 0)
		report_failure(mode->status_fd, failure, "the helper cannot protect its own program file");
	return SETUP_FAILED;
}

/*
 * False: it is dead already, and its lock gone, so that the next command may be at work on the same files. Who starts us by hand need not
 * name a caller.
 */
static bool dies_with_caller(void)
{
	const char *caller = getenv("TSMACHINE_CALLER");

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	return caller == NULL || strtol(caller, NULL, 10) == (long)getppid();
}

static int run_mode(const struct mode *mode, int argc, char **argv)
{
	struct failure failure;

	if (mode->for_caller && !dies_with_caller())
		return SETUP_FAILED;
	for (int fd = 3; fd <= mode->last_fd; fd++) {
		/* Closed, its number would go to a file of ours, and our words into that. */
		if (fcntl(fd, F_GETFD) < 0)
			return WRONG_USAGE;
	}
	/* No inherited descriptor reaches a machine (CVE-2024-21626). `lock` executes nothing, so it may have any;
	 * `launch-each` hands each launch its two. */
	close_range((unsigned)mode->last_fd + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	/* Nobody looks into our memory, or through /proc/PID, while we are in a machine's namespaces. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (mode->among_others && !runs_read_only() && run_from_private_mount(argv, &failure) < 0)
		return report_setup(mode, &failure);
	prctl(PR_SET_NAME, "tsmachine", 0, 0, 0);
	for (int fd = 3; fd <= mode->last_fd; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return mode->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	const struct mode *mode = find_mode(argc > 1 ? argv[1] : NULL);

	/* Set-user-ID would hand all of this to anybody; nothing here is written to withstand a hostile caller. */
	if (getauxval(AT_SECURE) != 0)
		return SETUP_FAILED;
	fill_stdio();
	if (mode != NULL)
		return run_mode(mode, argc, argv);
	fprintf(stderr, "usage: tsmachine-helper launch|launch-each|enter|drive|devices|marks|interfaces|lock|lock-each|probe|check|\n"
			"       scan|find|compare|copy|merge|whiteout|opaque|raise|like|remove|confined|view|transfer|bind\n"
			"This program is run by tsmachine; docs/launch-plan.md says how.\n");
	return WRONG_USAGE;
}
