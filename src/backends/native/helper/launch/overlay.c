#include "overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "mounts.h"

static bool is_mapped(const struct record *record)
{
	return strcmp(record->arguments[1], "mapped") == 0;
}

/*
 * The machine's own files never are devices: an image may carry a node of the host's disk. (The machine itself cannot make one.)
 * Not for a privileged machine: its root can undo that anyway.
 */
static uint64_t root_attributes(const struct plan *plan, const struct record *record)
{
	const struct record *root = plan_find(plan, SECTION_INSIDE, "root");

	return is_mapped(record) && strcmp(root->arguments[0], record->arguments[0]) == 0 ? MOUNTS_NO_DEVICES : 0;
}

static int attach_tmpfs(struct staging *staging, const char *covered, struct failure *failure)
{
	int mount = mounts_new("tmpfs", "mode=0755", 0, failure);
	int target;
	int attached;

	if (mount < 0)
		return -1;
	staging->directory = mount; /* the same mount once attached */
	target = open(covered, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0)
		return fail(failure, "open", covered);
	attached = mounts_attach(mount, target, covered, failure);
	close(target);
	if (attached == 0 && fchdir(mount) < 0)
		return fail(failure, "fchdir", covered);
	return attached;
}

int staging_enter(struct staging *staging, const char *covered, struct failure *failure)
{
	staging->directory = -1;
	staging->host_namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (staging->host_namespace < 0)
		return fail(failure, "open", "/proc/self/ns/mnt");
	if (unshare(CLONE_NEWNS) < 0) {
		fail(failure, "unshare", "mount");
		close(staging->host_namespace);
		staging->host_namespace = -1;
		return -1;
	}
	/* Before anything is mounted: nothing of it may appear on the host. */
	if (mounts_propagate(MOUNTS_PRIVATE, failure) < 0)
		return -1;
	return attach_tmpfs(staging, covered, failure);
}

void staging_leave(struct staging *staging)
{
	if (staging->host_namespace < 0)
		return;
	/* To stay would mean to write the host's files through a copy of its mounts that gets no news: better to die. */
	if (setns(staging->host_namespace, CLONE_NEWNS) < 0)
		_exit(125);
	close(staging->host_namespace);
	if (staging->directory >= 0)
		close(staging->directory);
	*staging = (struct staging){ -1, -1 };
}

/* A place named `name` in the working directory, of the kind of what is mounted on it. */
static int make_place(int mount, const char *name, struct failure *failure)
{
	struct stat status;
	int place;

	if (fstat(mount, &status) < 0)
		return fail(failure, "fstat", name);
	if (S_ISDIR(status.st_mode)) {
		if (mkdir(name, 0755) < 0)
			return fail(failure, "mkdir", name);
	} else if ((place = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644)) >= 0) {
		close(place);
	}
	place = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return place < 0 ? fail(failure, "open", name) : place;
}

int staging_attach(int mount, const char *name, struct failure *failure)
{
	int place = make_place(mount, name, failure);
	int attached = place < 0 ? -1 : mounts_attach(mount, place, name, failure);

	close(mount);
	if (place >= 0)
		close(place);
	return attached;
}

int staging_attach_layer(const char *path, const char *name, int userns, struct failure *failure)
{
	int mount = mounts_clone(AT_FDCWD, path, false, failure);

	if (mount < 0)
		return -1;
	if (mounts_set(mount, 0, userns, false, path, failure) < 0) {
		close(mount);
		return -1;
	}
	return staging_attach(mount, name, failure);
}

/* Layers as "0", "1", ..., DIR as "d", in the working directory: short, so that many fit on the one page that old kernels take. */
static int attach_layers(const struct record *record, int userns, struct failure *failure)
{
	char name[24];

	if (staging_attach_layer(record->arguments[2], "d", userns, failure) < 0)
		return -1;
	for (size_t i = 3; i < record->count; i++) {
		snprintf(name, sizeof name, "%zu", i - 3);
		if (staging_attach_layer(record->arguments[i], name, userns, failure) < 0)
			return -1;
	}
	return 0;
}

/*
 * The kernel makes work/work as whoever mounts, through the id map: host root has no place in it (EOVERFLOW), so for this moment
 * we are the machine's root. SECBIT_NO_SETUID_FIXUP: capabilities stay although the file system user is not 0.
 */
static int become(struct root_ids ids, int securebits, struct failure *failure)
{
	if (prctl(PR_SET_SECUREBITS, securebits, 0, 0, 0) < 0)
		return fail(failure, "prctl", "PR_SET_SECUREBITS");
	setfsgid(ids.gid);
	setfsuid(ids.uid);
	if ((uid_t)setfsuid((uid_t)-1) != ids.uid)
		return fail_with(failure, EPERM, "setfsuid", NULL);
	return 0;
}

static int mount_overlay(const struct plan *plan, const struct record *record, struct failure *failure)
{
	unsigned layers = (unsigned)record->count - 3;
	uint64_t attributes = root_attributes(plan, record);
	int before;
	int mount;

	if (!is_mapped(record))
		return mounts_new_overlay(layers, true, (unsigned)attributes, failure);
	before = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
	if (before < 0 || become(idmap_root(plan), before | SECBIT_NO_SETUID_FIXUP, failure) < 0)
		return -1;
	mount = mounts_new_overlay(layers, true, (unsigned)attributes, failure);
	/* Half of us left behind as another user is not a state to go on in. */
	if (become((struct root_ids){ geteuid(), getegid() }, before, &(struct failure){ 0 }) < 0)
		_exit(125);
	return mount;
}

/* When work/ cannot be used, the kernel says so in its log only, and mounts read-only. */
static int check_writable(int mount, const char *directory, struct failure *failure)
{
	struct statvfs status;

	if (fstatvfs(mount, &status) < 0)
		return fail(failure, "fstatvfs", directory);
	return (status.f_flag & ST_RDONLY) != 0 ? fail_with(failure, EROFS, "fsconfig", directory) : 0;
}

static int make_overlay(const struct staging *staging, const struct plan *plan, const struct record *record, int userns,
			struct failure *failure)
{
	const char *slot = record->arguments[0];
	char parts[64];
	int mount;

	snprintf(parts, sizeof parts, ".%s", slot); /* no slot's name begins with a dot */
	if (mkdir(parts, 0755) < 0 || chdir(parts) < 0)
		return fail(failure, "mkdir", parts);
	if (attach_layers(record, userns, failure) < 0)
		return -1;
	mount = mount_overlay(plan, record, failure);
	if (mount < 0) {
		snprintf(failure->path, sizeof failure->path, "%s", record->arguments[2]);
		return -1;
	}
	if (fchdir(staging->directory) < 0 || check_writable(mount, record->arguments[2], failure) < 0) {
		close(mount);
		return -1;
	}
	return staging_attach(mount, slot, failure);
}

/*
 * Nor are devices what a bound directory happens to hold, the node of a disk in a backup: their owner, root, is the machine's there.
 * A bind of a device node itself means the device.
 */
static uint64_t tree_attributes(const struct plan *plan, const struct record *record, int mount)
{
	uint64_t attributes = root_attributes(plan, record);
	struct stat status;

	if (is_mapped(record) && record->count == 4 && (fstat(mount, &status) < 0 || S_ISDIR(status.st_mode)))
		attributes |= MOUNTS_NO_DEVICES;
	if (strcmp(record->arguments[2], "read-only") == 0)
		attributes |= MOUNTS_READ_ONLY;
	return attributes;
}

static int make_tree(const struct plan *plan, const struct record *record, int userns, struct failure *failure)
{
	const char *path = record->arguments[3];
	int mount = mounts_clone(AT_FDCWD, path, true, failure);

	if (mount < 0)
		return -1;
	if (mounts_set(mount, tree_attributes(plan, record, mount), userns, true, path, failure) < 0) {
		close(mount);
		return -1;
	}
	return staging_attach(mount, record->arguments[0], failure);
}

int staging_attach_overlay(const char *directory, char *const *layers, size_t count, const char *name, unsigned attributes,
			   struct failure *failure)
{
	char part[24];
	int mount;

	if (staging_attach_layer(directory, "d", -1, failure) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		snprintf(part, sizeof part, "%zu", i);
		if (staging_attach_layer(layers[i], part, -1, failure) < 0)
			return -1;
	}
	mount = mounts_new_overlay((unsigned)count, true, attributes, failure);
	if (mount < 0)
		return -1;
	if (check_writable(mount, directory, failure) < 0) {
		close(mount);
		return -1;
	}
	return staging_attach(mount, name, failure);
}

int overlay_make_slot(const struct staging *staging, const struct plan *plan, const struct record *record, int userns,
		      struct failure *failure)
{
	int map = is_mapped(record) ? userns : -1;

	if (is_operation(record, "overlay"))
		return make_overlay(staging, plan, record, map, failure);
	return make_tree(plan, record, map, failure);
}
