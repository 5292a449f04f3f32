/* `like DIRECTORY NEW`: makes an empty directory NEW as DIRECTORY is: its owner, mode, xattrs (but the overlay's) and time. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attributes.h"
#include "tree.h"

static int give_all(int from, int to, struct failure *failure)
{
	const char *failed = attributes_give(from, to);
	struct stat status;

	if (failed != NULL)
		return fail(failure, failed, NULL);
	if (fstat(from, &status) < 0 || attributes_set_time(to, status.st_mtim) < 0)
		return fail(failure, "futimens", NULL);
	return 0;
}

/* Only this user enters it before it is what it should be. */
static int make_like(int from, const char *path, struct failure *failure)
{
	int to;
	int result;

	if (mkdir(path, 0700) < 0)
		return fail(failure, "mkdir", path);
	to = tree_open(AT_FDCWD, path, failure);
	if (to < 0)
		return -1;
	result = give_all(from, to, failure);
	close(to);
	return result;
}

int make_directory_like(const char *directory, const char *made, struct failure *failure)
{
	int from = tree_open(AT_FDCWD, directory, failure);
	int result = from < 0 ? -1 : make_like(from, made, failure);

	if (from >= 0)
		close(from);
	return result;
}

int like_main(int argc, char **argv)
{
	struct failure failure;

	if (argc != 3)
		return TREE_USAGE;
	if (make_directory_like(argv[1], argv[2], &failure) == 0)
		return 0;
	report_failure(STDERR_FILENO, &failure, argv[1]);
	return TREE_FAILED;
}
