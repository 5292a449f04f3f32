/*
 * `snapshot [--read-only] [--nested] SOURCE TARGET`: of a subvolume. The kernel leaves out those that lie in it: without `--nested`
 * nothing is done if there are any, with it they are kept too.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nested.h"
#include "subvolume.h"
#include "tree.h"

struct snapshot {
	int source;
	int parent;
	const char *name;
	bool read_only;
};

/* Asked again afterwards: a machine that runs may have made the first one meanwhile. */
static int take_alone(const struct snapshot *snapshot, struct failure *failure)
{
	bool nested;

	if (nested_exist(snapshot->source, &nested, failure) < 0)
		return -1;
	if (!nested) {
		if (subvolume_snapshot(snapshot->source, snapshot->parent, snapshot->name, snapshot->read_only) < 0)
			return fail(failure, "BTRFS_IOC_SNAP_CREATE_V2", NULL);
		if (nested_exist(snapshot->source, &nested, failure) < 0)
			return -1;
		if (nested && subvolume_delete(snapshot->parent, snapshot->name) < 0)
			return fail(failure, "BTRFS_IOC_SNAP_DESTROY_V2", NULL);
	}
	puts(nested ? "nested" : "done");
	return 0;
}

static int finish_nested(const struct snapshot *snapshot, int target, struct failure *failure)
{
	if (nested_fill(snapshot->source, target, failure) < 0)
		return -1;
	if (snapshot->read_only && subvolume_make_read_only(target) < 0)
		return fail(failure, "BTRFS_IOC_SUBVOL_SETFLAGS", NULL);
	/* The times of directories that took one. */
	return syncfs(target) < 0 ? fail(failure, "syncfs", NULL) : 0;
}

static int take_nested(const struct snapshot *snapshot, struct failure *failure)
{
	int target;
	int result;

	if (subvolume_snapshot(snapshot->source, snapshot->parent, snapshot->name, false) < 0)
		return fail(failure, "BTRFS_IOC_SNAP_CREATE_V2", NULL);
	target = tree_open(snapshot->parent, snapshot->name, failure);
	if (target < 0)
		return -1;
	result = finish_nested(snapshot, target, failure);
	close(target);
	if (result == 0)
		puts("done");
	return result;
}

static int open_both(const char *source, char *target, struct snapshot *snapshot, struct failure *failure)
{
	static char above[PATH_MAX];

	if (strlen(target) >= sizeof above)
		return fail_with(failure, ENAMETOOLONG, "openat", target);
	strcpy(above, target);
	snapshot->name = basename(target);
	snapshot->source = tree_open(AT_FDCWD, source, failure);
	if (snapshot->source < 0)
		return -1;
	snapshot->parent = tree_open(AT_FDCWD, dirname(above), failure);
	return snapshot->parent < 0 ? -1 : 0;
}

int snapshot_main(int argc, char **argv)
{
	struct snapshot snapshot = { 0 };
	struct failure failure;
	bool nested = false;
	int at = 1;
	int result;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--nested") == 0)
			nested = true;
		else if (strcmp(argv[at], "--read-only") == 0)
			snapshot.read_only = true;
		else
			return TREE_USAGE;
	}
	if (argc - at != 2)
		return TREE_USAGE;
	result = open_both(argv[at], argv[at + 1], &snapshot, &failure);
	if (result == 0)
		result = nested ? take_nested(&snapshot, &failure) : take_alone(&snapshot, &failure);
	if (result == 0)
		return fflush(stdout) == 0 ? 0 : TREE_FAILED;
	report_failure(STDERR_FILENO, &failure, argv[at]);
	return TREE_FAILED;
}
