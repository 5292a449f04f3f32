#include "furnish.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "message.h"
#include "mounts.h"
#include "notify_socket.h"
#include "rootpath.h"

/* Closes both. */
static int attach_and_close(int mount, int target, const char *path, struct failure *failure)
{
	int attached = -1;

	if (mount >= 0 && target >= 0)
		attached = mounts_attach(mount, target, path, failure);
	if (mount >= 0)
		close(mount);
	if (target >= 0)
		close(target);
	return attached;
}

/* Over /, which needs no lookup: the machine's root may not be allowed to search the host's directories. */
static int attach_root(struct room *room, const struct record *record, struct failure *failure)
{
	int target;
	int attached;

	room->root = mounts_clone(room->staging, record->arguments[0], true, failure);
	if (room->root < 0)
		return -1;
	target = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0)
		return fail(failure, "open", "/");
	attached = mounts_attach(room->root, target, "/", failure);
	close(target);
	return attached;
}

/* The kernel takes a directory on a directory only, and anything else on anything else. */
static bool is_directory(int mount, const char *kind)
{
	struct stat status;

	if (strcmp(kind, "as-source") == 0)
		return fstat(mount, &status) == 0 && S_ISDIR(status.st_mode);
	return strcmp(kind, "directory") == 0;
}

static int attach_slot(struct room *room, const struct record *record, struct failure *failure)
{
	const char *path = record->arguments[1];
	int mount = mounts_clone(room->staging, record->arguments[0], true, failure);
	bool directory;

	if (mount < 0)
		return -1;
	directory = is_directory(mount, record->arguments[2]);
	return attach_and_close(mount, rootpath_make_mount_point(room->root, path, directory, failure), path, failure);
}

static int make_directory(struct room *room, const struct record *record, struct failure *failure)
{
	mode_t mode = (mode_t)strtoul(record->arguments[1], NULL, 8);

	return rootpath_make_directory(room->root, record->arguments[0], mode, failure);
}

static unsigned mount_attributes(const char *flags)
{
	static const struct {
		const char *name;
		unsigned attribute;
	} names[] = {
		{ "nosuid", MOUNTS_NO_SUID },
		{ "nodev", MOUNTS_NO_DEVICES },
		{ "noexec", MOUNTS_NO_EXEC },
		{ "read-only", MOUNTS_READ_ONLY },
	};
	unsigned attributes = 0;

	while (*flags != '\0') {
		size_t length = strcspn(flags, ",");

		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			if (strlen(names[i].name) == length && memcmp(names[i].name, flags, length) == 0)
				attributes |= names[i].attribute;
		}
		flags += length;
		flags += *flags == ',';
	}
	return attributes; /* relatime is 0 */
}

static int make_mount(struct room *room, const struct record *record, struct failure *failure)
{
	const char *path = record->arguments[1];
	int mount = mounts_new(record->arguments[0], record->arguments[3], mount_attributes(record->arguments[2]), failure);

	if (mount < 0)
		return -1;
	return attach_and_close(mount, rootpath_make_mount_point(room->root, path, true, failure), path, failure);
}

/* A copy of the host's node; the path is the host's, so what is there is checked to be a device. */
static int clone_device(const char *path, struct failure *failure)
{
	struct stat status;
	int mount = mounts_clone(AT_FDCWD, path, false, failure);

	if (mount < 0)
		return -1;
	if (fstat(mount, &status) < 0 || !S_ISCHR(status.st_mode)) {
		close(mount);
		return fail_with(failure, ENODEV, "open_tree", path);
	}
	if (mounts_set(mount, MOUNTS_NO_SUID | MOUNTS_NO_EXEC, -1, false, path, failure) < 0) {
		close(mount);
		return -1;
	}
	return mount;
}

static int bind_device(struct room *room, const struct record *record, struct failure *failure)
{
	const char *path = record->arguments[1];
	int mount = clone_device(record->arguments[0], failure);

	if (mount < 0)
		return failure->number == ENOENT && record->count == 3 ? 0 : -1;
	return attach_and_close(mount, rootpath_make_mount_point(room->root, path, false, failure), path, failure);
}

static int make_node(struct room *room, const struct record *record, struct failure *failure)
{
	mode_t mode = (mode_t)strtoul(record->arguments[1], NULL, 8);
	dev_t device = makedev(strtoul(record->arguments[2], NULL, 10), strtoul(record->arguments[3], NULL, 10));

	return rootpath_make_device(room->root, record->arguments[0], mode, device, failure);
}

static int make_symlink(struct room *room, const struct record *record, struct failure *failure)
{
	return rootpath_make_symlink(room->root, record->arguments[0], record->arguments[1], failure);
}

static int write_file(struct room *room, const struct record *record, struct failure *failure)
{
	mode_t mode = (mode_t)strtoul(record->arguments[1], NULL, 8);

	return rootpath_write_file(room->root, record->arguments[0], mode, record->arguments[2], failure);
}

/* The master of a new pty in the machine's own devpts: a /dev/pts that is something else would hand out another's terminal. */
static int open_master(int root, struct failure *failure)
{
	struct statfs status;
	int unlock = 0;
	int master;
	int pts = rootpath_mount_point(root, "/dev/pts", failure);

	if (pts < 0)
		return -1;
	if (fstatfs(pts, &status) < 0 || status.f_type != DEVPTS_SUPER_MAGIC) {
		close(pts);
		return fail_with(failure, ENOTTY, "fstatfs", "/dev/pts");
	}
	master = openat(pts, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	close(pts);
	if (master < 0)
		return fail(failure, "openat", "/dev/pts/ptmx");
	if (ioctl(master, TIOCSPTLCK, &unlock) < 0) {
		close(master);
		return fail(failure, "ioctl", "TIOCSPTLCK");
	}
	return master;
}

static int bind_console(struct room *room, struct failure *failure)
{
	static const char path[] = "/dev/console";
	int mount = mounts_clone(room->console, "", false, failure);

	if (mount < 0)
		return -1;
	return attach_and_close(mount, rootpath_make_mount_point(room->root, path, false, failure), path, failure);
}

static int make_console(struct room *room, const struct record *record, struct failure *failure)
{
	struct message message = { .kind = MESSAGE_CONSOLE };
	int master = open_master(room->root, failure);
	int sent;

	(void)record;
	if (master < 0)
		return -1;
	/* By descriptor, not by name. O_NOCTTY: a vhangup of the console must not take init with it. */
	room->console = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (room->console < 0) {
		close(master);
		return fail(failure, "ioctl", "TIOCGPTPEER");
	}
	sent = message_send(room->socket, &message, master);
	if (sent < 0)
		fail(failure, "sendmsg", "console");
	close(master);
	return sent < 0 ? -1 : bind_console(room, failure);
}

static int hide_directory(struct failure *failure)
{
	return mounts_new("tmpfs", "ro,mode=0555,nr_inodes=1", MOUNTS_READ_ONLY | MOUNTS_NO_SUID | MOUNTS_NO_DEVICES | MOUNTS_NO_EXEC,
			  failure);
}

/* The host's /dev/null: the machine's could be a symlink that makes the mask a mount of something else (CVE-2025-31133). */
static int hide_file(struct failure *failure)
{
	struct stat status;
	int mount = clone_device("/dev/null", failure);

	if (mount < 0)
		return -1;
	if (fstat(mount, &status) < 0 || status.st_rdev != makedev(1, 3)) {
		close(mount);
		return fail_with(failure, ENODEV, "open_tree", "/dev/null");
	}
	return mount;
}

static int make_mask(struct room *room, const struct record *record, struct failure *failure)
{
	const char *path = record->arguments[0];
	struct stat status;
	int target = rootpath_mount_point(room->root, path, failure);

	if (target < 0)
		return failure->number == ENOENT ? 0 : -1;
	if (fstat(target, &status) < 0) {
		close(target);
		return fail(failure, "fstat", path);
	}
	return attach_and_close(S_ISDIR(status.st_mode) ? hide_directory(failure) : hide_file(failure), target, path, failure);
}

static int make_read_only(struct room *room, const struct record *record, struct failure *failure)
{
	const char *path = record->arguments[0];
	int target = rootpath_mount_point(room->root, path, failure);
	int mount;

	if (target < 0)
		return failure->number == ENOENT ? 0 : -1;
	mount = mounts_clone(target, "", true, failure);
	if (mount >= 0 && mounts_set(mount, MOUNTS_READ_ONLY, -1, true, path, failure) < 0) {
		close(mount);
		mount = -1;
	}
	return attach_and_close(mount, target, path, failure);
}

int furnish(struct room *room, const struct record *operation, struct failure *failure)
{
	static const struct {
		const char *name;
		int (*run)(struct room *room, const struct record *record, struct failure *failure);
	} steps[] = {
		{ "root", attach_root },      { "directory", make_directory }, { "mount", make_mount },
		{ "device", bind_device },    { "node", make_node },	       { "symlink", make_symlink },
		{ "write", write_file },      { "attach", attach_slot },       { "console", make_console },
		{ "mask", make_mask },	      { "read-only", make_read_only },
		{ "notify-socket", notify_socket_make },
	};

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (strcmp(steps[i].name, operation->name) == 0)
			return steps[i].run(room, operation, failure) < 0 ? -1 : 1;
	}
	return 0;
}
