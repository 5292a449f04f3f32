#include "remove.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "walk.h"

void changes_count(const struct changes *changes)
{
	if (changes->changed != NULL)
		changes->changed(changes->context);
}

/* What goes from the disk with this name: nothing while a file has another one. */
static uint64_t bytes_of(int parent, const char *name, const struct changes *changes)
{
	struct stat status;

	if (changes->freed == NULL || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return S_ISDIR(status.st_mode) || status.st_nlink == 1 ? (uint64_t)status.st_blocks * 512 : 0;
}

void changes_went(const struct changes *changes, uint64_t bytes)
{
	changes_count(changes);
	if (changes->freed != NULL)
		changes->freed(changes->context, bytes);
}

/* 1; 0 if it is a directory with something in it, or may be; -1 with errno. */
static int remove_one(int parent, const char *name, const struct changes *changes)
{
	uint64_t bytes = bytes_of(parent, name, changes);

	if (unlinkat(parent, name, 0) < 0) {
		if (errno == EISDIR)
			return 0;
		return errno == ENOENT ? 1 : -1;
	}
	changes_went(changes, bytes);
	return 1;
}

static int remove_directory(int parent, const char *name, const struct changes *changes)
{
	uint64_t bytes = bytes_of(parent, name, changes);

	if (unlinkat(parent, name, AT_REMOVEDIR) < 0)
		return errno == ENOENT ? 0 : -1;
	changes_went(changes, bytes);
	return 0;
}

static int remove_below(struct walk *walk, const struct changes *changes, struct failure *failure)
{
	struct walk_entry entry;
	enum walk_step step;

	while ((step = walk_next(walk, &entry, failure)) > WALK_END) {
		int removed = step == WALK_LEFT ? 0 : remove_one(entry.parent, entry.name, changes);

		if (removed < 0)
			return walk_fail(walk, "unlinkat", failure);
		if (removed > 0)
			continue;
		if (step == WALK_MET && walk_enter(walk, failure) < 0)
			return -1;
		if (step == WALK_LEFT && remove_directory(entry.parent, entry.name, changes) < 0)
			return walk_fail(walk, "unlinkat", failure);
	}
	return step;
}

int remove_tree(int parent, const char *name, const struct changes *changes, struct failure *failure)
{
	int removed = remove_one(parent, name, changes);
	struct walk walk;
	int top;
	int result;

	if (removed != 0)
		return removed < 0 ? fail(failure, "unlinkat", name) : 0;
	top = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top < 0)
		return fail(failure, "openat", name);
	result = walk_begin(&walk, top, failure);
	if (result == 0)
		result = remove_below(&walk, changes, failure);
	walk_free(&walk);
	if (result == 0 && remove_directory(parent, name, changes) < 0)
		return fail(failure, "unlinkat", name);
	return result;
}
