/*
 * `copy [--ids-from BASE] ROOT RELATIVE TARGET`: copies what is at RELATIVE (empty: all) below ROOT, from which no symlink leads away. Ids
 * that are BASE and what follows are 0 and what follows in the copy.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "copy_tree.h"
#include "number.h"
#include "shift.h"
#include "stack_find.h"
#include "tree.h"

/* The folder of the copy, which is the caller's own. */
static int open_folder(const char *target, const char **name, struct failure *failure)
{
	char folder[4096];
	size_t length;

	*name = tree_last_of(target, &length);
	if (length == 0 || length >= sizeof folder || **name == '\0')
		return fail_with(failure, length == 0 ? EINVAL : ENAMETOOLONG, "openat", target);
	memcpy(folder, target, length);
	folder[length] = '\0';
	return tree_open(AT_FDCWD, folder, failure);
}

static int copy(int root, const char *path, const char *target, struct failure *failure)
{
	const char *to_name;
	size_t length;
	const char *name = tree_last_of(path, &length);
	int from = tree_open_below(root, path, length, O_PATH);
	int to, result;

	if (from < 0)
		return fail(failure, "openat2", path);
	to = open_folder(target, &to_name, failure);
	result = to < 0 ? -1 : copy_tree(from, *name == '\0' ? "." : name, to, to_name, failure);
	if (to >= 0)
		close(to);
	close(from);
	return result;
}

static bool parse_base(const char *text, unsigned *base)
{
	uint64_t number;

	if (!number_parse(text, UINT_MAX - SHIFT_IDS, &number))
		return false;
	*base = (unsigned)number;
	return true;
}

int copy_main(int argc, char **argv)
{
	struct failure failure;
	unsigned base = 0;
	int root;

	if (argc > 2 && strcmp(argv[1], "--ids-from") == 0) {
		if (!parse_base(argv[2], &base))
			return TREE_USAGE;
		argc -= 2;
		argv += 2;
	}
	shift_from(base);
	if (argc != 4 || argv[3][0] != '/' || !stack_path_is_plain(argv[2]))
		return TREE_USAGE;
	root = tree_open(AT_FDCWD, argv[1], &failure);
	if (root < 0 || copy(root, argv[2], argv[3], &failure) < 0) {
		report_failure(STDERR_FILENO, &failure, argv[1]);
		return TREE_FAILED;
	}
	close(root);
	return 0;
}
