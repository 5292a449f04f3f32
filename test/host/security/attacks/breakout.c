/*
 * Looks for a file of the host (argv[1], an absolute path) by every way out of a root directory that has been known:
 * the second chroot, the parents of the root, the roots and working directories of other processes, inherited
 * descriptors, and the old root under the new one. Prints `ok` for each way that finds it.
 */
#define _GNU_SOURCE
#include "outcome.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *wanted;

/* Is the host's file below this directory, or below one of its parents? */
static int found_from(int directory)
{
	int at = dup(directory);

	for (int depth = 0; at >= 0 && depth < 64; depth++) {
		int parent;

		if (faccessat(at, wanted + 1, F_OK, 0) == 0) {
			close(at);
			return 0;
		}
		parent = openat(at, "..", O_PATH | O_DIRECTORY);
		close(at);
		at = parent;
	}
	if (at >= 0)
		close(at);
	errno = ENOENT;
	return -1;
}

static int found_in(const char *path)
{
	int directory = open(path, O_PATH | O_DIRECTORY), result;

	if (directory < 0)
		return -1;
	result = found_from(directory);
	close(directory);
	return result;
}

/* In a child: what it does to its root ends with it. */
static void in_child(const char *label, int (*way)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		outcome(label, way());
		_exit(0);
	}
	waitpid(child, &status, 0);
}

static int second_chroot(void)
{
	int outside = open("/", O_PATH | O_DIRECTORY);

	mkdir("/breakout", 0700);
	if (chroot("/breakout") < 0 || fchdir(outside) < 0)
		return -1;
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return -1;
	if (chroot(".") < 0)
		return -1;
	return access(wanted, F_OK);
}

/* The old root lies under the new one until it is detached. */
static int under_the_root(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	if (umount2("/", MNT_DETACH) < 0)
		return -1;
	return found_in("/");
}

static int pivot_and_look(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	if (mkdir("/breakout", 0700) < 0 && errno != EEXIST)
		return -1;
	if (mount("none", "/breakout", "tmpfs", 0, NULL) < 0 || mkdir("/breakout/old", 0700) < 0)
		return -1;
	if (syscall(SYS_pivot_root, "/breakout", "/breakout/old") < 0 || chdir("/") < 0)
		return -1;
	return found_in("/old");
}

static int other_processes(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	char path[300];

	while (processes != NULL && (entry = readdir(processes)) != NULL) {
		if (atoi(entry->d_name) == 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/root", entry->d_name);
		if (found_in(path) == 0)
			return 0;
		snprintf(path, sizeof(path), "/proc/%s/cwd", entry->d_name);
		if (found_in(path) == 0)
			return 0;
	}
	errno = ENOENT;
	return -1;
}

static int inherited_descriptors(void)
{
	for (int fd = 0; fd < 4096; fd++) {
		struct stat status;

		if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode) && found_from(fd) == 0)
			return 0;
	}
	errno = ENOENT;
	return -1;
}

static int directly(void)
{
	return found_in("/");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	wanted = argv[1];
	in_child("inherited-descriptors", inherited_descriptors);
	in_child("parents-of-root", directly);
	in_child("second-chroot", second_chroot);
	in_child("under-the-root", under_the_root);
	in_child("pivot", pivot_and_look);
	in_child("other-processes", other_processes);
	return 0;
}
