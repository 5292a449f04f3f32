/*
 * `compare LAYER OTHER`: whether regular files of two layers hold the same bytes, for each of the NUL-ended paths on stdin: `=` or `!`, the
 * latter also where one is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content.h"
#include "stack_find.h"
#include "tree.h"

enum { LAYERS = 2 };

/* 1 with *fd; 0 if it is no regular file (any more); -1 with errno. */
static int open_regular(struct stack *layer, const char *path, int *fd)
{
	struct stat status;
	struct found found;
	int there = stack_find(layer, path, &found);

	if (there <= 0 || !S_ISREG(found.status.st_mode))
		return there < 0 ? -1 : 0;
	*fd = openat(found.directory, found.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT || errno == ELOOP || errno == ENXIO ? 0 : -1;
	if (fstat(*fd, &status) == 0 && S_ISREG(status.st_mode))
		return 1;
	close(*fd);
	return 0;
}

static int compare(struct stack *const layers[LAYERS], const char *path)
{
	int one, other;
	int same = open_regular(layers[0], path, &one);
	int number;

	if (same <= 0)
		return same;
	same = open_regular(layers[1], path, &other);
	if (same > 0) {
		same = content_is_same(one, other);
		number = errno;
		close(other);
		errno = number;
	}
	number = errno;
	close(one);
	errno = number;
	return same;
}

static int compare_all(struct stack *const layers[LAYERS])
{
	struct failure failure;
	char *path = NULL;
	size_t room = 0;
	int same = 0;

	while (same >= 0 && getdelim(&path, &room, '\0', stdin) > 0) {
		same = compare(layers, path);
		if (same >= 0)
			putchar(same ? '=' : '!');
	}
	if (same < 0) {
		fail(&failure, "read", path);
		report_failure(STDERR_FILENO, &failure, "");
	}
	free(path);
	return same >= 0 && fflush(stdout) == 0 ? 0 : TREE_FAILED;
}

int compare_main(int argc, char **argv)
{
	struct stack *layers[LAYERS] = { NULL };
	struct failure failure;
	size_t failed;
	int code = 0;

	if (argc != 1 + LAYERS)
		return TREE_USAGE;
	for (int i = 0; i < LAYERS && code == 0; i++) {
		layers[i] = stack_open(&argv[1 + i], 1, &failed);
		if (layers[i] != NULL)
			continue;
		fail(&failure, "open", argv[1 + i]);
		report_failure(STDERR_FILENO, &failure, argv[1 + i]);
		code = TREE_FAILED;
	}
	if (code == 0)
		code = compare_all(layers);
	for (int i = 0; i < LAYERS && layers[i] != NULL; i++)
		stack_close(layers[i]);
	return code;
}
