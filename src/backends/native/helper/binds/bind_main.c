/* `bind`: mounts a directory or file of the host into a machine that runs, or takes such a mount away. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "become_root.h"
#include "binds.h"
#include "init_process.h"
#include "mounts.h"
#include "overlay.h"
#include "rootpath.h"
#include "state.h"
#include "tree.h"

/* Of the host's directories one that is needed no more once the source is held. */
static const char covered[] = "/proc";
static const char slot[] = "bind";

/* Of 10 ms. */
enum { MOST_ATTEMPTS = 200 };

/* *shared: it is our own, which setns(2) refuses. -1 also if init is gone: then its number may be somebody else's. */
static int open_user_namespace(const struct bind *bind, bool *shared, struct failure *failure)
{
	struct stat ours, theirs;
	char path[48];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)bind->init);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &theirs) < 0 || stat("/proc/self/ns/user", &ours) < 0)
		return fail(failure, "open", path);
	if (process_start_time(bind->init) != bind->init_start) {
		close(fd);
		return fail_with(failure, ESRCH, "pidfd_open", "init");
	}
	*shared = ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
	return fd;
}

/* As a start has it (overlay.c, tree_attributes). */
static uint64_t attributes_of(const struct bind *bind, mode_t mode)
{
	uint64_t attributes = bind->read_only ? MOUNTS_READ_ONLY : 0;

	return bind->mapped && S_ISDIR(mode) ? attributes | MOUNTS_NO_DEVICES : attributes;
}

static int clone_source(const struct bind *bind, int userns, mode_t *mode, struct failure *failure)
{
	struct stat status;
	int mount = mounts_clone(AT_FDCWD, bind->source, true, failure);

	if (mount < 0)
		return -1;
	if (fstat(mount, &status) < 0) {
		fail(failure, "fstat", bind->source);
	} else if (mounts_set(mount, attributes_of(bind, status.st_mode), bind->mapped ? userns : -1, true, bind->source, failure) == 0) {
		*mode = status.st_mode;
		return mount;
	}
	close(mount);
	return -1;
}

/*
 * By way of a mount namespace of the machine's user namespace: what is copied into it from one of the host's has its read-only, nodev and
 * the like locked (mount_namespaces(7)). Handed over directly, the machine's root could take them off.
 */
static int lock_attributes(int mount, int init, bool shared, struct failure *failure)
{
	struct staging staging;
	int locked;

	if (staging_enter(&staging, covered, failure) < 0 || staging_attach(mount, slot, failure) < 0)
		return -1;
	close(staging.host_namespace);
	close(staging.directory);
	if (!shared && setns(init, CLONE_NEWUSER) < 0)
		return fail(failure, "setns", "user");
	if (become_root(failure) < 0)
		return -1;
	if (unshare(CLONE_NEWNS) < 0)
		return fail(failure, "unshare", "mount");
	locked = mounts_clone(AT_FDCWD, slot, true, failure);
	return locked;
}

/*
 * From inside its user namespace. An init-to-be that has changed its ids and not yet executed init, as systemd-nspawn's child for a moment after
 * the machine counts as started, may not be looked at from there (ptrace(2), dumpable), and setns(2) says EPERM.
 */
static int join_mounts(int init, struct failure *failure)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int attempt = 0; setns(init, CLONE_NEWNS) < 0; attempt++) {
		if (errno != EPERM || attempt == MOST_ATTEMPTS)
			return fail(failure, "setns", "mount");
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int attach(const struct bind *bind, int init, mode_t mode, int mount, struct failure *failure)
{
	int root, target, result;

	if (join_mounts(init, failure) < 0)
		return -1;
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fail(failure, "open", "/");
	target = rootpath_make_mount_point(root, bind->path, S_ISDIR(mode), failure);
	result = target < 0 ? -1 : mounts_attach(mount, target, bind->path, failure);
	if (target >= 0)
		close(target);
	close(root);
	return result;
}

static int add(const struct bind *bind, int init, struct failure *failure)
{
	bool shared;
	mode_t mode = 0;
	int userns = open_user_namespace(bind, &shared, failure);
	int source = userns < 0 ? -1 : clone_source(bind, userns, &mode, failure);
	int mount = source < 0 ? -1 : lock_attributes(source, init, shared, failure);

	return mount < 0 ? -1 : attach(bind, init, mode, mount, failure);
}

/* The directory that holds it becomes the working directory. 1; 0 if there is nothing. */
static int enter_parent(const struct bind *bind, const char **name, struct failure *failure)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(bind->path, '/');
	size_t length = (size_t)(slash - bind->path);
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd, entered;

	if (root < 0 || length >= sizeof parent)
		return fail(failure, "open", "/");
	*name = slash + 1;
	memcpy(parent, bind->path, length);
	parent[length] = '\0';
	fd = rootpath_open(root, length == 0 ? "/" : parent, failure);
	close(root);
	if (fd < 0)
		return failure->number == ENOENT || failure->number == ENOTDIR || failure->number == ELOOP ? 0 : -1;
	entered = fchdir(fd) < 0 ? fail(failure, "fchdir", parent) : 1;
	close(fd);
	return entered;
}

static bool is_mount(const char *name)
{
	struct statx status;

	return statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &status) == 0 &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/* At once, whoever uses it: the caller has looked for that. */
static int take_away(const struct bind *bind, int init, struct failure *failure)
{
	bool shared;
	const char *name = NULL;
	int userns = open_user_namespace(bind, &shared, failure);
	int there;

	if (userns < 0)
		return -1;
	if (setns(init, CLONE_NEWNS | (shared ? 0 : CLONE_NEWUSER)) < 0)
		return fail(failure, "setns", NULL);
	if (become_root(failure) < 0)
		return -1;
	there = enter_parent(bind, &name, failure);
	if (there < 0)
		return -1;
	if (there == 0 || !is_mount(name)) {
		puts("absent");
		return 0;
	}
	return umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? fail(failure, "umount2", bind->path) : 0;
}

int bind_main(int argc, char **argv)
{
	static struct records records;
	struct failure failure = { 0 };
	struct bind bind;
	size_t index;
	const char *reason = records_read(STDIN_FILENO, &records, &index);
	int init, result;

	(void)argc, (void)argv;
	if (reason == NULL)
		reason = bind_parse(&records, &bind);
	if (reason != NULL) {
		fail_with(&failure, EINVAL, "records", reason);
		report_failure(STDERR_FILENO, &failure, "");
		return TREE_USAGE;
	}
	init = init_process_open(bind.init, bind.init_start, &failure);
	result = init < 0 ? -1 : bind.source == NULL ? take_away(&bind, init, &failure) : add(&bind, init, &failure);
	if (result == 0)
		return fflush(stdout) == 0 ? 0 : TREE_FAILED;
	report_failure(STDERR_FILENO, &failure, "");
	return TREE_FAILED;
}
