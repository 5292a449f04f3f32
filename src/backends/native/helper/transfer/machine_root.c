/* The way of one process of a transfer to where a machine's root is /. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "become_root.h"
#include "mounts.h"
#include "overlay.h"
#include "transfer.h"

/* Of the host's directories one that no machine's files lie in. */
static const char covered[] = "/proc";
static const char slot[] = "root";

enum { ATTRIBUTES = MOUNTS_NO_SUID | MOUNTS_NO_DEVICES };

/* setns(2) refuses the user namespace that one is in: that of a privileged machine is ours. */
static bool shares_user_namespace(pid_t init)
{
	struct stat ours, theirs;
	char path[48];

	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)init);
	return stat("/proc/self/ns/user", &ours) == 0 && stat(path, &theirs) == 0 && ours.st_ino == theirs.st_ino &&
	       ours.st_dev == theirs.st_dev;
}

static int join(const struct transfer *transfer, int init, struct failure *failure)
{
	int namespaces = CLONE_NEWNS | (shares_user_namespace(transfer->init) ? 0 : CLONE_NEWUSER);

	if (setns(init, namespaces) < 0)
		return fail(failure, "setns", NULL);
	return become_root(failure);
}

static int attach_tree(const char *path, uint64_t attributes, struct failure *failure)
{
	int mount = mounts_clone(AT_FDCWD, path, false, failure);

	if (mount >= 0 && mounts_set(mount, attributes, -1, false, path, failure) == 0)
		return staging_attach(mount, slot, failure);
	if (mount >= 0)
		close(mount);
	return -1;
}

/* What is only read needs no place to work in: a full disk has none. */
static int attach_view(const struct record *overlay, struct failure *failure)
{
	char upper[4096], name[24];
	int mount;

	snprintf(upper, sizeof upper, "%s/upper", overlay->arguments[0]);
	for (size_t i = 0; i < overlay->count; i++) {
		snprintf(name, sizeof name, "%zu", i);
		if (staging_attach_layer(i == 0 ? upper : overlay->arguments[i], name, -1, failure) < 0)
			return -1;
	}
	mount = mounts_new_overlay((unsigned)overlay->count, false, ATTRIBUTES | MOUNTS_READ_ONLY, failure);
	return mount < 0 ? -1 : staging_attach(mount, slot, failure);
}

static int attach_files(const struct transfer *transfer, struct failure *failure)
{
	const struct record *overlay = transfer->overlay;

	if (overlay == NULL)
		return attach_tree(transfer->tree, ATTRIBUTES | (transfer->push ? 0 : MOUNTS_READ_ONLY), failure);
	if (!transfer->push)
		return attach_view(overlay, failure);
	return staging_attach_overlay(overlay->arguments[0], overlay->arguments + 1, overlay->count - 1, slot, ATTRIBUTES, failure);
}

/* Its root becomes ours, and all that is the host's goes: no path leads there. */
static int mount_files(const struct transfer *transfer, struct failure *failure)
{
	struct staging staging;
	int root;

	if (staging_enter(&staging, covered, failure) < 0 || attach_files(transfer, failure) < 0)
		return -1;
	close(staging.host_namespace);
	root = open(slot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fail(failure, "open", slot);
	if (mounts_pivot(root, failure) < 0)
		return -1;
	close(root);
	close(staging.directory);
	return 0;
}

/* With shifted owners what is written has them too, and an owner that the machine does not know cannot be given. */
static int mount_shifted(const struct transfer *transfer, struct failure *failure)
{
	int ids = shifted_ids_open(&transfer->shift, failure); /* before /proc is covered */

	if (ids < 0 || mount_files(transfer, failure) < 0)
		return -1;
	if (setns(ids, CLONE_NEWUSER) < 0)
		return fail(failure, "setns", "user");
	close(ids);
	return become_root(failure);
}

int transfer_enter_machine(const struct transfer *transfer, int init, struct failure *failure)
{
	if (transfer->init != 0)
		return join(transfer, init, failure);
	return transfer->shift.count != 0 ? mount_shifted(transfer, failure) : mount_files(transfer, failure);
}
