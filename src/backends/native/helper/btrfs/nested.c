#include "nested.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "subvolume.h"
#include "subvolume_tree.h"

/* Each level keeps two descriptors. */
enum { LEVELS = 100 };

static int fill(int source, int target, unsigned level, struct failure *failure);

/* The child's own top, not what somebody mounted over it or put in its place. */
static int open_child(int directory, const struct subvolume_child *child, struct failure *failure)
{
	int fd = openat(directory, child->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	uint64_t id;

	if (fd < 0)
		return fail(failure, "openat", NULL);
	if (fstat(fd, &status) == 0 && subvolume_is_top(&status) && subvolume_id(fd, &id) == 0 && id == child->id)
		return fd;
	close(fd);
	return fail_with(failure, ESTALE, "openat", NULL);
}

/* Only an empty directory of the kernel's own making goes. */
static int clear_place(int directory, const char *name, struct failure *failure)
{
	struct stat status;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(failure, "fstatat", NULL);
	if (status.st_ino != SUBVOLUME_PLACEHOLDER_INODE)
		return fail_with(failure, ESTALE, "fstatat", NULL);
	return unlinkat(directory, name, AT_REMOVEDIR) < 0 ? fail(failure, "unlinkat", NULL) : 0;
}

/* A snapshot that is read-only from the beginning could not take those that lie in it. */
static int fill_child(int child, int copy, unsigned level, struct failure *failure)
{
	bool read_only;

	if (fill(child, copy, level, failure) < 0)
		return -1;
	if (subvolume_is_read_only(child, &read_only) < 0)
		return fail(failure, "BTRFS_IOC_SUBVOL_GETFLAGS", NULL);
	if (read_only && subvolume_make_read_only(copy) < 0)
		return fail(failure, "BTRFS_IOC_SUBVOL_SETFLAGS", NULL);
	return 0;
}

static int copy_child(int child, int place, const char *name, unsigned level, struct failure *failure)
{
	int copy;
	int result;

	if (clear_place(place, name, failure) < 0)
		return -1;
	if (subvolume_snapshot(child, place, name, false) < 0)
		return fail(failure, "BTRFS_IOC_SNAP_CREATE_V2", NULL);
	copy = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (copy < 0)
		return fail(failure, "openat", NULL);
	result = fill_child(child, copy, level, failure);
	close(copy);
	return result;
}

/* The place keeps its time: nothing in it has changed. */
static int put_child(int directory, int place, const struct subvolume_child *child, unsigned level, struct failure *failure)
{
	struct stat status;
	int fd;
	int result;

	if (fstat(place, &status) < 0)
		return fail(failure, "fstat", NULL);
	fd = open_child(directory, child, failure);
	if (fd < 0)
		return -1;
	result = copy_child(fd, place, child->name, level, failure);
	close(fd);
	if (result == 0 && futimens(place, (struct timespec[]){ { .tv_nsec = UTIME_OMIT }, status.st_mtim }) < 0)
		return fail(failure, "futimens", NULL);
	return result;
}

struct pair {
	int source, target;
	uint64_t source_id, target_id;
};

/* A snapshot has the same inodes: the directory is the same in both. */
static int fill_place(const struct pair *pair, const struct subvolume_child *child, unsigned level, struct failure *failure)
{
	int directory = subvolume_open_directory(pair->source, pair->source_id, child->directory);
	int place = directory < 0 ? -1 : subvolume_open_directory(pair->target, pair->target_id, child->directory);
	int result = place < 0 ? fail(failure, "openat", NULL) : put_child(directory, place, child, level, failure);

	if (place >= 0)
		close(place);
	if (directory >= 0)
		close(directory);
	return result;
}

static int fill(int source, int target, unsigned level, struct failure *failure)
{
	struct pair pair = { .source = source, .target = target };
	struct subvolume_children children = { 0 };
	int result = 0;

	if (subvolume_id(source, &pair.source_id) < 0 || subvolume_id(target, &pair.target_id) < 0)
		return fail(failure, "BTRFS_IOC_INO_LOOKUP", NULL);
	if (subvolume_children_read(source, pair.source_id, &children) < 0)
		result = fail(failure, "BTRFS_IOC_TREE_SEARCH", NULL);
	else if (children.count > 0 && level == LEVELS)
		result = fail_with(failure, EMLINK, "BTRFS_IOC_SNAP_CREATE_V2", NULL);
	for (size_t i = 0; result == 0 && i < children.count; i++)
		result = fill_place(&pair, &children.items[i], level + 1, failure);
	subvolume_children_free(&children);
	return result;
}

int nested_fill(int source, int target, struct failure *failure)
{
	return fill(source, target, 0, failure);
}

int nested_exist(int top, bool *exist, struct failure *failure)
{
	struct subvolume_children children = { 0 };
	uint64_t id;
	int result = subvolume_id(top, &id) < 0 ? -1 : subvolume_children_read(top, id, &children);

	*exist = children.count > 0;
	if (result < 0)
		fail(failure, "BTRFS_IOC_TREE_SEARCH", NULL);
	subvolume_children_free(&children);
	return result;
}
