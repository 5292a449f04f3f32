/*
 * `raise UPPER RELATIVE LAYER...`: makes the directories on the way to RELATIVE in UPPER, where it lacks them, as the stack of layers
 * (top first) shows them: so that something can be put at RELATIVE without changing what is above it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attributes.h"
#include "stack_find.h"
#include "tree.h"

static int open_in(int parent, const char *name)
{
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Of the directory that was found: owner, mode, xattrs and time. */
static int copy_attributes(const struct found *found, int to)
{
	int from = open_in(found->directory, found->name);
	int result;

	if (from < 0)
		return -1;
	result = attributes_give(from, to) == NULL ? attributes_set_time(to, found->status.st_mtim) : -1;
	close(from);
	return result;
}

static int make(struct stack *stack, int parent, const char *path, const char *name)
{
	struct found found;
	int there = stack_find(stack, path, &found);
	int made;

	if (there == 0)
		errno = ENOENT;
	if (there <= 0)
		return -1;
	if (!S_ISDIR(found.status.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	/* Not to be entered by anybody before it is what it should be. */
	if (mkdirat(parent, name, 0700) < 0)
		return -1;
	made = open_in(parent, name);
	if (made >= 0 && copy_attributes(&found, made) < 0) {
		close(made);
		return -1;
	}
	return made;
}

/* The directory `name` in `parent`, made where it is missing; closes `parent`. */
static int step_down(struct stack *stack, int parent, const char *path, const char *name)
{
	int below = open_in(parent, name);

	if (below < 0 && errno == ENOENT)
		below = make(stack, parent, path, name);
	close(parent);
	return below;
}

/* Closes `top`; `way` is cut off at each slash in turn. */
static int go_down(struct stack *stack, int top, char *way, struct failure *failure)
{
	int parent = top;

	for (char *name = way, *slash; (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		*slash = '\0';
		parent = step_down(stack, parent, way, name);
		if (parent < 0)
			return fail(failure, "mkdirat", way);
		*slash = '/';
	}
	close(parent);
	return 0;
}

static int raise_way(struct stack *stack, int top, const char *path, struct failure *failure)
{
	char *way;
	int result;

	if (path[0] == '\0' || !stack_path_is_plain(path)) {
		close(top);
		return fail_with(failure, EINVAL, "mkdirat", path);
	}
	way = strdup(path);
	if (way == NULL) {
		close(top);
		return fail(failure, "malloc", NULL);
	}
	result = go_down(stack, top, way, failure);
	free(way);
	return result;
}

int raise_main(int argc, char **argv)
{
	struct failure failure;
	struct stack *stack;
	size_t layer = 0;
	int top, result;

	if (argc < 4)
		return TREE_USAGE;
	stack = stack_open(argv + 3, (size_t)argc - 3, &layer);
	if (stack == NULL) {
		fail(&failure, "open", argv[3 + layer]);
		report_failure(STDERR_FILENO, &failure, argv[3 + layer]);
		return TREE_FAILED;
	}
	top = tree_open(AT_FDCWD, argv[1], &failure);
	result = top < 0 ? -1 : raise_way(stack, top, argv[2], &failure);
	stack_close(stack);
	if (result < 0)
		report_failure(STDERR_FILENO, &failure, argv[1]);
	return result < 0 ? TREE_FAILED : 0;
}
