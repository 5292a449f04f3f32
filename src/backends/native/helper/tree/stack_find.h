/*
 * What a stack of layers shows at a path, by the rules of overlayfs and without mounting it: the topmost entry of each name counts,
 * directories of one name are merged, a whiteout, an opaque directory and anything that is no directory end the merging downwards.
 */
#ifndef TSMACHINE_STACK_FIND_H
#define TSMACHINE_STACK_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct stack;

/* What was found: its place is `name` in `directory`, which stays open until the next call. */
struct found {
	size_t layer; /* 0: the top */
	int directory;
	const char *name;
	struct stat status;
};

/* `layers`: absolute directories, top first, which must outlive it. NULL with errno, *layers_failed the number of the layer.
 * Raises the limit on open files as far as it may. */
struct stack *stack_open(char *const *layers, size_t count, size_t *layer_failed);

void stack_close(struct stack *stack);

/*
 * 1, 0 if the stack shows nothing there, or -1 with errno. `path`: relative, of any length, without "." and ".." and doubled slashes; ""
 * is the top. No symbolic link is followed. Paths of one directory after another are quick: those on the way stay open. The working
 * directory is another one afterwards.
 */
int stack_find(struct stack *stack, const char *path, struct found *found);

/* A path as above; what is not would lead out of the layers. */
bool stack_path_is_plain(const char *path);

#endif
