#include "merge.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "attributes.h"
#include "marks.h"
#include "merge_checks.h"
#include "walk.h"
#include "xattrs.h"

/* On a directory of the upper layer that things are moved out of: when it was modified before that. Nobody sees it in the overlay. */
#define BEFORE MARKS_PREFIX "tsmachine.modified"

/* A directory that is in both layers, and whose parts are one in the overlay. */
struct pair {
	bool closed; /* nothing deeper shows through it */
	struct timespec modified;
};

struct merge {
	struct walk walk; /* of the upper layer */
	struct chain lower; /* as deep as the walk, in the lower layer */
	struct pair *pairs;
	size_t room;
	const struct merge_ground *ground;
	const struct changes *changes;
	struct failure *failure;
};

static int failed(struct merge *merge, const char *syscall)
{
	return walk_fail(&merge->walk, syscall, merge->failure);
}

/* Ends what takes an entry of the upper layer away: -1 if it failed. */
static int went(struct merge *merge, int result, const char *syscall)
{
	if (result < 0)
		return failed(merge, syscall);
	changes_went(merge->changes, 0);
	return 0;
}

/* Ends each step that changes something else: -1 if it failed. */
static int changed(struct merge *merge, int result, const char *syscall)
{
	if (result < 0)
		return failed(merge, syscall);
	changes_count(merge->changes);
	return 0;
}

static int lower_directory(const struct merge *merge)
{
	return chain_innermost(&merge->lower);
}

static struct pair *innermost(struct merge *merge)
{
	return &merge->pairs[merge->walk.depth - 1];
}

/* Reads the time that an earlier run wrote down, or writes down the present one. */
static int remember_time(struct merge *merge, int upper, struct timespec *modified)
{
	char text[48] = "";
	intmax_t seconds;
	struct stat status;

	if (fgetxattr(upper, BEFORE, text, sizeof text - 1) > 0 &&
	    sscanf(text, "%" SCNdMAX ".%ld", &seconds, &modified->tv_nsec) == 2) {
		modified->tv_sec = (time_t)seconds;
		return 0;
	}
	if (fstat(upper, &status) < 0)
		return failed(merge, "fstat");
	*modified = status.st_mtim;
	seconds = modified->tv_sec;
	snprintf(text, sizeof text, "%" PRIdMAX ".%09ld", seconds, modified->tv_nsec);
	return changed(merge, xattrs_set(upper, ".", BEFORE, text, strlen(text), 0), "lsetxattr");
}

/*
 * The directory at which the walk is now; takes `lower` over. What lies in the lower one is still seen through the upper one: it can
 * become what it will have to be when that is gone.
 */
static int begin_pair(struct merge *merge, int lower, bool closed)
{
	int upper = walk_directory(&merge->walk);
	struct pair *pair;
	const char *syscall;

	if (chain_enter(&merge->lower, lower) < 0)
		return failed(merge, "fstat");
	if (merge->walk.depth > merge->room) {
		size_t room = merge->room == 0 ? 64 : merge->room * 2;
		struct pair *larger = realloc(merge->pairs, room * sizeof *larger);

		if (larger == NULL)
			return failed(merge, "malloc");
		merge->pairs = larger;
		merge->room = room;
	}
	pair = innermost(merge);
	*pair = (struct pair){ .closed = closed };
	if (remember_time(merge, upper, &pair->modified) < 0)
		return -1;
	syscall = attributes_give(upper, lower);
	return changed(merge, syscall == NULL ? 0 : -1, syscall);
}

/*
 * Where nothing deeper has the directory, the overlay lists whiteouts in it as files, unless it knows that there may be some: by this
 * mark, which the kernel itself leaves empty where it has no file handles.
 */
static int expect_whiteouts(struct merge *merge, int lower)
{
	int result = xattrs_set(lower, ".", MARKS_ORIGIN, "", 0, XATTR_CREATE);

	return result < 0 && errno == EEXIST ? 0 : changed(merge, result, "lsetxattr");
}

/* A directory of both layers that is one in the overlay: goes in. */
static int enter_pair(struct merge *merge, const struct walk_entry *entry)
{
	const struct pair *outer = innermost(merge);
	int lower = openat(lower_directory(merge), entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool closed = outer->closed || (lower >= 0 && marks_is_opaque(lower, "."));
	int entered;

	if (lower < 0)
		return failed(merge, "openat");
	entered = walk_enter(&merge->walk, merge->failure);
	if (entered <= 0) {
		close(lower);
		errno = EBUSY;
		return entered == 0 ? failed(merge, "openat") : -1;
	}
	if (begin_pair(merge, lower, closed) < 0)
		return -1;
	return expect_whiteouts(merge, lower);
}

/* The upper directory is empty: with it gone, the lower one is seen, which is now what it was. */
static int leave_pair(struct merge *merge, const struct walk_entry *entry)
{
	const struct pair *pair = &merge->pairs[merge->walk.depth];

	if (changed(merge, attributes_set_time(lower_directory(merge), pair->modified), "futimens") < 0)
		return -1;
	if (chain_leave(&merge->lower) < 0)
		return failed(merge, "openat");
	return went(merge, unlinkat(entry->parent, entry->name, AT_REMOVEDIR), "unlinkat");
}

/* What both layers have of one name. */
struct both {
	struct stat upper;
	struct stat lower;
	bool below; /* whether the lower one has any */
};

/*
 * Removes what the lower layer has, where rename(2) would not replace it. It is hidden: by a file, whiteout or opaque directory. A
 * directory over a file hides what is deeper, because the overlay does not look further than the file: so it becomes opaque first.
 */
static int make_way(struct merge *merge, const struct walk_entry *entry, const struct both *both)
{
	if (!both->below || (!S_ISDIR(both->upper.st_mode) && !S_ISDIR(both->lower.st_mode)))
		return 0;
	if (!S_ISDIR(both->lower.st_mode) && !marks_is_opaque(entry->parent, entry->name) &&
	    changed(merge, xattrs_set(entry->parent, entry->name, MARKS_OPAQUE, "y", 1, 0), "lsetxattr") < 0)
		return -1;
	if (remove_tree(lower_directory(merge), entry->name, merge->changes, merge->failure) < 0)
		return -1;
	return 0;
}

static bool is_same_file(const struct both *both)
{
	return both->below && both->upper.st_ino == both->lower.st_ino && both->upper.st_dev == both->lower.st_dev;
}

static int move(struct merge *merge, const struct walk_entry *entry, const struct both *both)
{
	/* rename(2) does nothing for two names of one file, as whiteouts often are. */
	if (is_same_file(both))
		return went(merge, unlinkat(entry->parent, entry->name, 0), "unlinkat");
	return went(merge, renameat(entry->parent, entry->name, lower_directory(merge), entry->name), "renameat");
}

/*
 * Whether a whiteout hides only what the lower layer has: in a directory that nothing shows through, or where the ground shows nothing.
 * What cannot be found out is taken for no.
 */
static bool hides_nothing_deeper(const struct merge *merge, const struct pair *pair)
{
	struct stack *layers = merge->ground->layers;
	struct found found;

	return pair->closed || (layers != NULL && stack_find(layers, merge->walk.path, &found) == 0);
}

/* A single file below it counts as one with it, as where it is renamed over the file. */
static int drop_whiteout(struct merge *merge, const struct walk_entry *entry, const struct both *both)
{
	struct changes changes = *merge->changes;

	if (!both->below || !S_ISDIR(both->lower.st_mode))
		changes.freed = NULL;
	if (remove_tree(lower_directory(merge), entry->name, &changes, merge->failure) < 0)
		return -1;
	return went(merge, unlinkat(entry->parent, entry->name, 0), "unlinkat");
}

static int merge_entry(struct merge *merge, const struct walk_entry *entry)
{
	const struct pair *pair = innermost(merge);
	struct both both;

	if (fstatat(entry->parent, entry->name, &both.upper, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(merge, "fstatat");
	both.below = fstatat(lower_directory(merge), entry->name, &both.lower, AT_SYMLINK_NOFOLLOW) == 0;
	if (!both.below && errno != ENOENT)
		return failed(merge, "fstatat");
	if (marks_is_whiteout(&both.upper) && hides_nothing_deeper(merge, pair))
		return drop_whiteout(merge, entry, &both);
	if (both.below && S_ISDIR(both.upper.st_mode) && S_ISDIR(both.lower.st_mode) &&
	    !marks_is_opaque(entry->parent, entry->name))
		return enter_pair(merge, entry);
	if (make_way(merge, entry, &both) < 0)
		return -1;
	return move(merge, entry, &both);
}

/* The top of the upper layer stays, and is seen until nobody names the layer any more. */
static int finish_top(struct merge *merge, int upper)
{
	const struct pair *top = merge->pairs;

	if (changed(merge, attributes_set_time(lower_directory(merge), top->modified), "futimens") < 0 ||
	    changed(merge, attributes_set_time(upper, top->modified), "futimens") < 0)
		return -1;
	return changed(merge, xattrs_remove(upper, ".", BEFORE), "lremovexattr");
}

static int merge_below(struct merge *merge, int lower)
{
	struct walk_entry entry;
	enum walk_step step;

	if (begin_pair(merge, lower, merge->ground->none) < 0)
		return -1;
	while ((step = walk_next(&merge->walk, &entry, merge->failure)) > WALK_END) {
		if ((step == WALK_LEFT ? leave_pair(merge, &entry) : merge_entry(merge, &entry)) < 0)
			return -1;
	}
	return step;
}

static int duplicate(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

int merge_layers(int upper, int lower, const struct merge_ground *ground, const struct changes *changes,
		 struct failure *failure)
{
	struct merge merge = { .ground = ground, .changes = changes, .failure = failure };
	uint64_t expected = 0;
	int result;

	if (merge_check(upper, lower, &expected, failure) < 0)
		return -1;
	if (changes->expected != NULL)
		changes->expected(changes->context, expected);
	result = walk_begin(&merge.walk, duplicate(upper), failure);
	if (result == 0)
		result = merge_below(&merge, duplicate(lower));
	if (result == 0)
		result = finish_top(&merge, upper);
	if (result == 0 && syncfs(lower) < 0)
		result = fail(failure, "syncfs", NULL);
	walk_free(&merge.walk);
	chain_free(&merge.lower);
	free(merge.pairs);
	return result;
}
