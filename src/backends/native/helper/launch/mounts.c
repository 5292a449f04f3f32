#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
enum { DETACH = 2 /* MNT_DETACH of umount2(2) */ };

int mounts_clone(int at, const char *path, bool recursive, struct failure *failure)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
	int fd = (int)syscall(SYS_open_tree, at, path, flags);

	return fd < 0 ? fail(failure, "open_tree", path) : fd;
}

int mounts_set(int mount, uint64_t attributes, int userns, bool recursive, const char *path, struct failure *failure)
{
	struct mount_attr attr = {
		.attr_set = attributes | (userns >= 0 ? MOUNT_ATTR_IDMAP : 0),
		.propagation = MS_PRIVATE,
		.userns_fd = userns >= 0 ? (uint64_t)userns : 0,
	};

	if (syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof attr) < 0)
		return fail(failure, "mount_setattr", path);
	return 0;
}

int mounts_attach(int mount, int target, const char *path, struct failure *failure)
{
	if (syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return fail(failure, "move_mount", path);
	return 0;
}

static int set_string(int context, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0);
}

static int set_option(int context, char *option)
{
	char *equals = strchr(option, '=');

	if (equals == NULL)
		return (int)syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, option, NULL, 0);
	*equals = '\0';
	return set_string(context, option, equals + 1);
}

static int set_options(int context, const char *options, struct failure *failure)
{
	char copy[4096];
	char *rest = copy;
	char *option;

	snprintf(copy, sizeof copy, "%s", strcmp(options, "-") == 0 ? "" : options);
	while ((option = strsep(&rest, ",")) != NULL) {
		if (*option != '\0' && set_option(context, option) < 0)
			return fail(failure, "fsconfig", option);
	}
	return 0;
}

/* Creates the file system that `context` describes, and a mount of it. Closes the context. */
static int finish(int context, const char *type, unsigned attributes, struct failure *failure)
{
	int mount = -1;

	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		fail(failure, "fsconfig", type);
	else if ((mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes)) < 0)
		fail(failure, "fsmount", type);
	close(context);
	return mount;
}

static int open_context(const char *type, struct failure *failure)
{
	int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);

	return context < 0 ? fail(failure, "fsopen", type) : context;
}

int mounts_new(const char *type, const char *options, unsigned attributes, struct failure *failure)
{
	int context = open_context(type, failure);

	if (context < 0)
		return -1;
	/* What mount(8) and /proc/mounts show where a disk would be named. */
	set_string(context, "source", type);
	if (set_options(context, options, failure) < 0) {
		close(context);
		return -1;
	}
	return finish(context, type, attributes, failure);
}

/* False if the list is longer than the 255 bytes that fsconfig(2) takes. */
static bool list_layers(char list[256], unsigned layers)
{
	size_t length = 0;

	for (unsigned i = 0; i < layers; i++) {
		length += (size_t)snprintf(list + length, 256 - length, "%s%u", i == 0 ? "" : ":", i);
		if (length >= 256)
			return false;
	}
	return true;
}

/*
 * Whatever the host's defaults are: with `index` an upper is bound to the very layers below it, which snapshots and merges exchange
 * (ESTALE); with the other two, files of an upper are not whole in themselves.
 */
static int set_plain(int context)
{
	static const char *const features[] = { "index", "redirect_dir", "metacopy" };

	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		if (set_string(context, features[i], "off") < 0)
			return -1;
	}
	return 0;
}

/*
 * As one string, which every kernel knows, as long as it fits. One by one only then: before 6.5, where there is no `lowerdir+`,
 * fsconfig(2) takes any option of an overlay and the refusal comes at the end, when nobody can tell what was refused.
 */
static int set_layers(int context, unsigned layers)
{
	char list[256];
	char name[16];

	if (set_plain(context) < 0)
		return -1;
	if (list_layers(list, layers))
		return set_string(context, "lowerdir", list);
	for (unsigned i = 0; i < layers; i++) {
		snprintf(name, sizeof name, "%u", i);
		if (set_string(context, "lowerdir+", name) < 0)
			return -1;
	}
	return 0;
}

int mounts_new_overlay(unsigned layers, bool writable, unsigned attributes, struct failure *failure)
{
	int context = open_context("overlay", failure);

	if (context < 0)
		return -1;
	set_string(context, "source", "overlay");
	if (set_layers(context, layers) < 0 || (writable && set_string(context, "upperdir", "d/upper") < 0) ||
	    (writable && set_string(context, "workdir", "d/work") < 0)) {
		fail(failure, "fsconfig", "overlay");
		close(context);
		return -1;
	}
	return finish(context, "overlay", attributes, failure);
}

int mounts_propagate(enum mount_propagation propagation, struct failure *failure)
{
	static const unsigned long flags[] = { MS_SHARED, MS_PRIVATE, MS_SLAVE };

	if (syscall(SYS_mount, NULL, "/", NULL, flags[propagation] | MS_REC, NULL) < 0)
		return fail(failure, "mount", "/");
	return 0;
}

int mounts_pivot(int root, struct failure *failure)
{
	if (fchdir(root) < 0)
		return fail(failure, "fchdir", "/");
	/* The old root ends up on top of the new one, at the same place: pivot_root(2), "pivot_root(".", ".")". */
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return fail(failure, "pivot_root", "/");
	if (syscall(SYS_umount2, ".", DETACH) < 0)
		return fail(failure, "umount2", "/");
	return chdir("/") < 0 ? fail(failure, "chdir", "/") : 0;
}
