#include "shares.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "blocks.h"
#include "extents.h"
#include "holders.h"
#include "subvolume.h"
#include "walk.h"

/* statfs(2). */
enum { BTRFS = 0x9123683e, XFS = 0x58465342, BCACHEFS = 0xca451a4e, OCFS2 = 0x7461636f };

static int look_at_device(struct shares *shares, int directory, dev_t number)
{
	struct shares_device *device = &shares->device;
	struct statfs status;

	if (device->known && device->number == number)
		return 0;
	if (fstatfs(directory, &status) < 0)
		return -1;
	*device = (struct shares_device){ .known = true, .number = number };
	switch ((unsigned)status.f_type) {
	case (unsigned)BTRFS:
		device->is_btrfs = true;
		/* fallthrough */
	case XFS:
	case (unsigned)BCACHEFS:
	case OCFS2:
		device->can_share = true;
	}
	if (!device->is_btrfs)
		return 0;
	if (shares->btrfs < 0)
		shares->btrfs = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return shares->btrfs < 0 ? -1 : subvolume_id(directory, &device->subvolume);
}

struct file {
	struct shares *shares;
	bool has_shared;
};

static int take(void *context, const struct extent *extent)
{
	struct file *file = context;

	if (!extent->shared) {
		file->shares->own += extent->length;
		return 0;
	}
	file->has_shared = true;
	return ranges_add(&file->shares->ranges, extent);
}

/* What is no regular file any more, or gone, counts nothing. A machine's process that has a lease on its file would make us wait. */
static const char *add_unopened(struct shares *shares, const struct stat *status)
{
	if (errno == EAGAIN)
		shares->own += (uint64_t)status->st_blocks * BYTES_A_BLOCK;
	return errno == EAGAIN || errno == ENOENT || errno == ELOOP || errno == ENXIO ? NULL : "openat";
}

/* The system call that failed, or NULL. */
static const char *add_extents(struct shares *shares, int directory, const char *name, const struct stat *status)
{
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_NOATIME | O_CLOEXEC);
	struct file file = { .shares = shares };
	const char *failed = NULL;
	struct stat opened;

	if (fd < 0)
		return add_unopened(shares, status);
	if (fstat(fd, &opened) == 0 && opened.st_ino == status->st_ino && S_ISREG(opened.st_mode) &&
	    extents_read(fd, take, &file) < 0)
		failed = "FS_IOC_FIEMAP";
	close(fd);
	if (failed == NULL && file.has_shared && inode_table_add(&shares->files, shares->device.subvolume, status->st_ino) < 0)
		failed = "malloc";
	return failed;
}

static bool was_counted(struct shares *shares, const struct stat *status, int *added)
{
	*added = 1;
	if (!S_ISDIR(status->st_mode) && status->st_nlink > 1)
		*added = inode_table_add(&shares->links, status->st_dev, status->st_ino);
	return *added == 0;
}

/* The system call that failed, or NULL. */
static const char *add_file(struct shares *shares, int directory, const char *name, const struct stat *status)
{
	const struct shares_device *device = &shares->device;
	int added;

	if (status->st_blocks == 0 || was_counted(shares, status, &added))
		return NULL;
	if (added < 0)
		return "malloc";
	if (!S_ISDIR(status->st_mode) && look_at_device(shares, directory, status->st_dev) < 0)
		return "fstatfs";
	if (S_ISREG(status->st_mode) && device->can_share)
		return add_extents(shares, directory, name, status);
	/* On btrfs all other files lie among the metadata. */
	if (S_ISDIR(status->st_mode) || !device->is_btrfs)
		shares->own += (uint64_t)status->st_blocks * BYTES_A_BLOCK;
	return NULL;
}

static int add_below(struct shares *shares, struct walk *walk, struct failure *failure)
{
	struct walk_entry entry;
	enum walk_step step;
	struct stat status;
	const char *failed;

	while ((step = walk_next(walk, &entry, failure)) > WALK_END) {
		if (step == WALK_LEFT)
			continue;
		if (fstatat(entry.parent, entry.name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			return walk_fail(walk, "fstatat", failure);
		}
		failed = add_file(shares, entry.parent, entry.name, &status);
		if (failed != NULL)
			return walk_fail(walk, failed, failure);
		if (S_ISDIR(status.st_mode) && walk_enter(walk, failure) < 0)
			return -1;
	}
	return step;
}

int shares_add(struct shares *shares, int top, struct failure *failure)
{
	struct stat status;
	struct walk walk;
	int result = walk_begin(&walk, top, failure);

	if (result == 0 && fstat(top, &status) < 0)
		result = fail(failure, "fstat", NULL);
	if (result == 0) {
		shares->own += (uint64_t)status.st_blocks * BYTES_A_BLOCK;
		result = add_below(shares, &walk, failure);
	}
	walk_free(&walk);
	return result;
}

static int settle_range(void *context, uint64_t physical, uint64_t length)
{
	struct shares *shares = context;
	bool others = true;

	if (shares->btrfs >= 0 && holders_have_others(shares->btrfs, physical, &shares->files, &others) < 0)
		return -1;
	*(others ? &shares->shared : &shares->own) += length;
	return 0;
}

int shares_settle(struct shares *shares, struct failure *failure)
{
	if (ranges_each(&shares->ranges, settle_range, shares) < 0)
		return fail(failure, "BTRFS_IOC_LOGICAL_INO_V2", NULL);
	return 0;
}

void shares_free(struct shares *shares)
{
	if (shares->btrfs >= 0)
		close(shares->btrfs);
	inode_table_free(&shares->links);
	inode_table_free(&shares->files);
	ranges_free(&shares->ranges);
	*shares = (struct shares)SHARES_EMPTY;
}
