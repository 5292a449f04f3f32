#include "merge_checks.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "marks.h"
#include "walk.h"

/* Marks that speak of other places would say something else in another layer. */
static int refuse_foreign_marks(int upper, struct failure *failure)
{
	struct walk walk;
	struct walk_entry entry;
	struct stat status;
	const char *mark = NULL;
	enum walk_step step;
	int result = walk_begin(&walk, upper, failure);

	while (result == 0 && (step = walk_next(&walk, &entry, failure)) != WALK_END) {
		if (step == WALK_FAILED)
			result = -1;
		if (step != WALK_MET)
			continue;
		if (fstatat(entry.parent, entry.name, &status, AT_SYMLINK_NOFOLLOW) < 0)
			result = walk_fail(&walk, "fstatat", failure);
		else if ((mark = marks_foreign(entry.parent, entry.name, &status)) != NULL)
			result = fail_with(failure, EOPNOTSUPP, mark, walk.path);
		else if (S_ISDIR(status.st_mode) && walk_enter(&walk, failure) < 0)
			result = -1;
	}
	walk_free(&walk);
	return result;
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

int merge_check(int upper, int lower, struct failure *failure)
{
	if (check_places(upper, lower, failure) < 0)
		return -1;
	return refuse_foreign_marks(fcntl(upper, F_DUPFD_CLOEXEC, 0), failure);
}
