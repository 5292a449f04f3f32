#include "stack_find.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "chain.h"
#include "marks.h"

/*
 * The directories down to where the last search was. A layer that is merged in one of them is merged in all above it: so its own are a
 * chain from its top, and it has a part in the innermost one if its chain is as deep as the stack.
 */
struct stack {
	size_t count;
	struct chain *layers; /* top first */
	size_t *ends;         /* where the name of each directory ends in `path`; of the top, 0 */
	size_t depth;
	size_t room;
	char *path; /* of the innermost one */
	size_t path_room;
};

static int open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool has_part(const struct stack *stack, size_t layer)
{
	return stack->layers[layer].depth == stack->depth;
}

void stack_close(struct stack *stack)
{
	for (size_t layer = 0; stack->layers != NULL && layer < stack->count; layer++)
		chain_free(&stack->layers[layer]);
	free(stack->layers);
	free(stack->ends);
	free(stack->path);
	free(stack);
}

/* A deep stack has many directories open at once. How many each layer may have: a merge needs some too. */
static size_t raise_open_files(size_t layers)
{
	struct rlimit limit;
	size_t each;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return CHAIN_OPEN;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	each = limit.rlim_max / 4 / layers;
	return each < 2 ? 2 : each > CHAIN_OPEN ? CHAIN_OPEN : each;
}

/* Makes room for one directory more, whose path is `length` bytes long. */
static bool make_room(struct stack *stack, size_t length)
{
	if (stack->depth == stack->room) {
		size_t room = stack->room == 0 ? 64 : stack->room * 2;
		size_t *larger = realloc(stack->ends, room * sizeof *larger);

		if (larger == NULL)
			return false;
		stack->ends = larger;
		stack->room = room;
	}
	if (length > stack->path_room) {
		char *larger = realloc(stack->path, length * 2);

		if (larger == NULL)
			return false;
		stack->path = larger;
		stack->path_room = length * 2;
	}
	return true;
}

static int open_layer(struct chain *chain, const char *path, size_t most)
{
	int fd = open_directory(AT_FDCWD, path);

	chain->most = most;
	return fd < 0 ? -1 : chain_enter(chain, fd);
}

struct stack *stack_open(char *const *layers, size_t count, size_t *layer_failed)
{
	struct stack *stack = calloc(1, sizeof *stack);
	size_t most = raise_open_files(count);
	size_t layer = 0;
	int number;

	*layer_failed = 0;
	if (stack == NULL)
		return NULL;
	stack->count = count;
	stack->layers = calloc(count, sizeof *stack->layers);
	if (stack->layers != NULL && make_room(stack, 1)) {
		while (layer < count && open_layer(&stack->layers[layer], layers[layer], most) == 0)
			layer++;
		stack->ends[stack->depth++] = 0;
	}
	if (layer == count)
		return stack;
	number = errno;
	*layer_failed = layer;
	stack_close(stack);
	errno = number;
	return NULL;
}

bool stack_path_is_plain(const char *path)
{
	if (*path == '\0')
		return true;
	for (const char *name = path;; name++) {
		size_t length = strcspn(name, "/");
		if (length == 0 || length > NAME_MAX || strncmp(name, ".", length) == 0 || strncmp(name, "..", length) == 0)
			return false;
		name += length;
		if (*name == '\0')
			return true;
	}
}

/* What the innermost directory shows of `name`: 1, 0 or -1. */
static int look(const struct stack *stack, const char *name, struct found *found)
{
	for (size_t layer = 0; layer < stack->count; layer++) {
		if (!has_part(stack, layer))
			continue;
		found->layer = layer;
		found->directory = chain_innermost(&stack->layers[layer]);
		if (fstatat(found->directory, name, &found->status, AT_SYMLINK_NOFOLLOW) == 0)
			return marks_is_whiteout(&found->status) ? 0 : 1;
		if (errno != ENOENT)
			return -1;
	}
	return 0;
}

/* Back out of the innermost directory. */
static int leave(struct stack *stack)
{
	int result = 0;

	for (size_t layer = 0; layer < stack->count; layer++) {
		if (has_part(stack, layer) && chain_leave(&stack->layers[layer]) < 0)
			result = -1;
	}
	stack->depth--;
	return result;
}

/* Opens the directories of `name` that are merged. 1, 0 if it is none, or -1. */
static int open_parts(struct stack *stack, const char *name)
{
	int entered = 0;

	for (size_t layer = 0; layer < stack->count; layer++) {
		struct chain *chain = &stack->layers[layer];
		int fd;

		if (!has_part(stack, layer))
			continue;
		fd = open_directory(chain_innermost(chain), name);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
			break;
		if (fd < 0 || chain_enter(chain, fd) < 0)
			return -1;
		entered = 1;
		if (marks_is_opaque(fd, "."))
			break;
	}
	return entered;
}

/* Into the directory whose name is the bytes of `path` from `begin` to `end`. */
static int enter(struct stack *stack, const char *path, size_t begin, size_t end)
{
	char name[NAME_MAX + 1];
	int entered;

	memcpy(name, path + begin, end - begin);
	name[end - begin] = '\0';
	if (!make_room(stack, end))
		return -1;
	entered = open_parts(stack, name);
	memcpy(stack->path + begin, path + begin, end - begin);
	if (begin > 0)
		stack->path[begin - 1] = '/';
	stack->ends[stack->depth++] = end;
	if (entered <= 0) {
		int number = errno;

		(void)leave(stack);
		errno = number;
	}
	return entered;
}

/* Goes down to the directory at the first `length` bytes of `path`, from where the last search was as far as that is on the way. */
static int go_to(struct stack *stack, const char *path, size_t length)
{
	size_t begin;

	while (stack->depth > 1) {
		size_t end = stack->ends[stack->depth - 1];

		if (end <= length && memcmp(stack->path, path, end) == 0 && (end == length || path[end] == '/'))
			break;
		if (leave(stack) < 0)
			return -1;
	}
	for (begin = stack->ends[stack->depth - 1]; begin < length;) {
		size_t name = stack->depth > 1 ? begin + 1 : begin;
		int entered;

		begin = name + strcspn(path + name, "/");
		entered = enter(stack, path, name, begin);
		if (entered <= 0)
			return entered;
	}
	return 1;
}

int stack_find(struct stack *stack, const char *path, struct found *found)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	int there;

	if (!stack_path_is_plain(path)) {
		errno = EINVAL;
		return -1;
	}
	there = go_to(stack, path, length);
	if (there <= 0)
		return there;
	found->name = *path == '\0' ? "." : path + length + (slash ? 1 : 0);
	return look(stack, found->name, found);
}
