#include "merge_checks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "marks.h"
#include "walk.h"

/* A walk through the upper layer, and in the lower one as deep as directories of both are one. */
struct check {
	struct walk walk;
	struct chain lower;
	uint64_t expected;
};

/* All that lies in a directory of the lower layer that will be removed. Takes `top` over; what cannot be read is not counted. */
static uint64_t count_below(int top)
{
	struct failure failure;
	struct walk walk;
	struct walk_entry entry;
	enum walk_step step;
	uint64_t count = 0;
	int result = walk_begin(&walk, top, &failure);

	while (result == 0 && (step = walk_next(&walk, &entry, &failure)) > WALK_END) {
		if (step == WALK_LEFT)
			continue;
		count++;
		result = walk_enter(&walk, &failure) < 0 ? -1 : 0;
	}
	walk_free(&walk);
	return count;
}

/*
 * Counts what the merge will do with an entry of the upper layer. The directory of the lower layer that it is merged with, or -1: what lies
 * in the upper one goes with it then.
 */
static int count_entry(struct check *check, const struct walk_entry *entry, const struct stat *upper)
{
	int parent = chain_innermost(&check->lower);
	bool opaque = S_ISDIR(upper->st_mode) && marks_is_opaque(entry->parent, entry->name);
	struct stat lower;
	int below;

	check->expected++;
	if (fstatat(parent, entry->name, &lower, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISDIR(upper->st_mode) && !S_ISDIR(lower.st_mode))
		check->expected++;
	if (!S_ISDIR(lower.st_mode))
		return -1;
	below = openat(parent, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0 || (S_ISDIR(upper->st_mode) && !opaque))
		return below;
	check->expected += 1 + count_below(below);
	return -1;
}

/* Marks that speak of other places would say something else in another layer. */
static int check_entry(struct check *check, const struct walk_entry *entry, bool is_met, struct failure *failure)
{
	const char *mark;
	struct stat upper;
	int lower = -1;

	if (fstatat(entry->parent, entry->name, &upper, AT_SYMLINK_NOFOLLOW) < 0)
		return walk_fail(&check->walk, "fstatat", failure);
	mark = marks_foreign(entry->parent, entry->name, &upper);
	if (mark != NULL)
		return fail_with(failure, EOPNOTSUPP, mark, check->walk.path);
	if (is_met)
		lower = count_entry(check, entry, &upper);
	if (lower >= 0 && chain_enter(&check->lower, lower) < 0)
		return walk_fail(&check->walk, "fstat", failure);
	return S_ISDIR(upper.st_mode) && walk_enter(&check->walk, failure) < 0 ? -1 : 0;
}

/* The merge meets what lies in directories of both: there the lower chain is as deep as the walk. */
static int check_below(struct check *check, struct failure *failure)
{
	struct walk_entry entry;
	enum walk_step step;

	while ((step = walk_next(&check->walk, &entry, failure)) > WALK_END) {
		bool is_left = step == WALK_LEFT;

		if (is_left && check->lower.depth > check->walk.depth && chain_leave(&check->lower) < 0)
			return walk_fail(&check->walk, "openat", failure);
		if (!is_left && check_entry(check, &entry, check->lower.depth == check->walk.depth, failure) < 0)
			return -1;
	}
	return step;
}

static int check_places(int upper, int lower, struct failure *failure)
{
	struct stat above, below;

	if (fstat(upper, &above) < 0 || fstat(lower, &below) < 0)
		return fail(failure, "fstat", NULL);
	if (above.st_dev != below.st_dev)
		return fail_with(failure, EXDEV, "renameat", NULL);
	if (above.st_ino == below.st_ino)
		return fail_with(failure, EINVAL, "renameat", NULL);
	return 0;
}

int merge_check(int upper, int lower, uint64_t *expected, struct failure *failure)
{
	struct check check = { .expected = 0 };
	int result;

	if (check_places(upper, lower, failure) < 0)
		return -1;
	result = walk_begin(&check.walk, fcntl(upper, F_DUPFD_CLOEXEC, 0), failure);
	if (result == 0 && chain_enter(&check.lower, fcntl(lower, F_DUPFD_CLOEXEC, 0)) < 0)
		result = fail(failure, "fstat", NULL);
	if (result == 0)
		result = check_below(&check, failure);
	*expected = check.expected;
	walk_free(&check.walk);
	chain_free(&check.lower);
	return result;
}
