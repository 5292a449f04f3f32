/* `opaque ROOT RELATIVE`: marks a directory below ROOT, so that it hides what lower layers have of it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "marks.h"
#include "tree.h"
#include "xattrs.h"

static int mark(int root, const char *path, struct failure *failure)
{
	int directory = tree_open_below(root, path, strlen(path), O_RDONLY);
	int result;

	if (directory < 0)
		return fail(failure, "openat2", path);
	result = xattrs_set(directory, ".", MARKS_OPAQUE, "y", 1, 0);
	if (result < 0)
		fail(failure, "setxattr", path);
	close(directory);
	return result;
}

int opaque_main(int argc, char **argv)
{
	struct failure failure;
	int root;

	if (argc != 3)
		return TREE_USAGE;
	root = tree_open(AT_FDCWD, argv[1], &failure);
	if (root < 0 || mark(root, argv[2], &failure) < 0) {
		report_failure(STDERR_FILENO, &failure, argv[1]);
		return TREE_FAILED;
	}
	close(root);
	return 0;
}
