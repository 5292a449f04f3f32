/*
 * `confined [--no-devices] DIR -- ARGV...`: runs a command that may be led astray by what it reads, like a tar that unpacks a hostile
 * archive, where nothing can be written but DIR. It stays root, for files have owners; what could undo the confinement is taken away.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"
#include "mounts.h"
#include "tree.h"

struct confined {
	const char *directory;
	char **argv;
	bool no_devices;
};

enum {
	NAMESPACES = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS,
	OUTSIDE = MOUNTS_READ_ONLY | MOUNTS_NO_SUID | MOUNTS_NO_DEVICES,
	INSIDE = MOUNTS_NO_SUID | MOUNTS_NO_DEVICES,
};

/* Attaches a mount on what is at `path` now, and closes it. */
static int attach(int mount, const char *path, struct failure *failure)
{
	int target = mount < 0 ? -1 : open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int result = -1;

	if (target >= 0)
		result = mounts_attach(mount, target, path, failure);
	else if (mount >= 0)
		fail(failure, "open", path);
	if (target >= 0)
		close(target);
	if (mount >= 0)
		close(mount);
	return result;
}

static int close_outside(struct failure *failure)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (root < 0)
		return fail(failure, "open", "/");
	result = mounts_set(root, OUTSIDE, -1, true, "/", failure);
	close(root);
	return result;
}

/* Read-only does not keep anybody from writing to a device: none can be opened but the one that programs cannot do without. */
static int attach_null(int mount, struct failure *failure)
{
	return attach(mount, "/dev/null", failure);
}

/* The host's /proc has processes whose `root` leads to mounts that can be written. */
static int attach_proc(struct failure *failure)
{
	return attach(mounts_new("proc", "-", OUTSIDE | MOUNTS_NO_EXEC, failure), "/proc", failure);
}

static int attach_directory(int mount, const char *path, struct failure *failure)
{
	if (mounts_set(mount, INSIDE, -1, false, path, failure) < 0 || attach(mount, path, failure) < 0)
		return -1;
	/* What was mounted there last is what the path leads to now. */
	return chdir(path) < 0 ? fail(failure, "chdir", path) : 0;
}

static int confine_mounts(const char *path, struct failure *failure)
{
	int null, directory;

	if (mounts_propagate(MOUNTS_PRIVATE, failure) < 0)
		return -1;
	null = mounts_clone(AT_FDCWD, "/dev/null", false, failure);
	directory = null < 0 ? -1 : mounts_clone(AT_FDCWD, path, false, failure);
	if (directory < 0 || close_outside(failure) < 0 || attach_null(null, failure) < 0 || attach_proc(failure) < 0)
		return -1;
	return attach_directory(directory, path, failure);
}

/*
 * What unpacking files of any owner, mode and kind needs. Not DAC_READ_SEARCH, which opens any file of the host by its handle; not
 * SYS_ADMIN, which mounts; not SYS_PTRACE, which gets at other processes of root.
 */
static int keep_few_capabilities(bool no_devices, struct failure *failure)
{
	/* CHOWN, DAC_OVERRIDE, FOWNER, FSETID, SETFCAP, MKNOD */
	char *numbers[] = { "0", "1", "3", "4", "31", "27", NULL };
	const struct record capabilities = { "capabilities", no_devices ? 5 : 6, numbers };
	const struct record no_new_privileges = { "no-new-privileges", 0, &numbers[6] };

	return confine(&capabilities, failure) < 0 ? -1 : confine(&no_new_privileges, failure);
}

/* In the child, the first process of its pid namespace: with it all that it started ends. */
static int run(const struct confined *confined)
{
	struct failure failure;

	/* No terminal to push characters into; and nothing goes on when nobody waits any more. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (confine_mounts(confined->directory, &failure) == 0 &&
	    keep_few_capabilities(confined->no_devices, &failure) == 0) {
		execvp(confined->argv[0], confined->argv);
		fail(&failure, "execve", confined->argv[0]);
	}
	report_failure(STDERR_FILENO, &failure, confined->directory);
	return TREE_SETUP_FAILED;
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return TREE_SETUP_FAILED;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int start(const struct confined *confined)
{
	struct failure failure;
	pid_t child = -1;

	if (unshare(NAMESPACES) < 0)
		fail(&failure, "unshare", NULL);
	else if ((child = fork()) < 0)
		fail(&failure, "fork", NULL);
	if (child == 0)
		_exit(run(confined));
	if (child > 0)
		return wait_for(child);
	report_failure(STDERR_FILENO, &failure, confined->directory);
	return TREE_SETUP_FAILED;
}

int confined_main(int argc, char **argv)
{
	bool no_devices = argc > 1 && strcmp(argv[1], "--no-devices") == 0;
	char **rest = argv + (no_devices ? 2 : 1);
	int count = argc - (int)(rest - argv);

	/* The root itself as DIR would leave all of it writable. */
	if (count < 3 || rest[0][0] != '/' || strspn(rest[0], "/.") == strlen(rest[0]) || strcmp(rest[1], "--") != 0)
		return TREE_USAGE;
	return start(&(struct confined){ rest[0], rest + 2, no_devices });
}
