/*
 * `whiteout ROOT [RELATIVE]`: makes a whiteout at RELATIVE below ROOT; or at each of the NUL-ended paths on stdin, in a layer that is
 * just being made: there the times of the directories stay what they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "marks.h"
#include "tree.h"

static bool is_there(int parent, const char *name)
{
	struct stat status;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && marks_is_whiteout(&status))
		return true;
	errno = EEXIST;
	return false;
}

static int set_time(int directory, struct timespec modified)
{
	const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, modified };

	return utimensat(directory, ".", times, AT_SYMLINK_NOFOLLOW);
}

static int make_whiteout(int root, const char *path, bool keep_time, struct failure *failure)
{
	struct stat before;
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	int parent;
	int made;

	if (path[0] == '/' || name[0] == '\0')
		return fail_with(failure, EINVAL, "mknodat", path);
	parent = tree_open_below(root, path, slash == NULL ? 0 : (size_t)(slash - path), O_PATH);
	if (parent < 0)
		return fail(failure, "openat2", path);
	if (fstat(parent, &before) < 0) {
		close(parent);
		return fail(failure, "fstat", path);
	}
	made = mknodat(parent, name, S_IFCHR, makedev(0, 0));
	if (made < 0 && errno == EEXIST && is_there(parent, name))
		made = 0;
	else if (made < 0)
		fail(failure, "mknodat", path);
	if (made == 0 && keep_time && set_time(parent, before.st_mtim) < 0)
		made = fail(failure, "utimensat", path);
	close(parent);
	return made;
}

static int make_all(int root, struct failure *failure)
{
	char *path = NULL;
	size_t room = 0;
	int result = 0;

	while (result == 0 && getdelim(&path, &room, '\0', stdin) > 0)
		result = make_whiteout(root, path, true, failure);
	free(path);
	return result;
}

int whiteout_main(int argc, char **argv)
{
	struct failure failure;
	int root, result;

	if (argc != 2 && argc != 3)
		return TREE_USAGE;
	root = tree_open(AT_FDCWD, argv[1], &failure);
	result = root < 0 ? -1 : argc == 3 ? make_whiteout(root, argv[2], false, &failure) : make_all(root, &failure);
	if (result < 0)
		report_failure(STDERR_FILENO, &failure, argv[1]);
	return result < 0 ? TREE_FAILED : 0;
}
