#include "stack_find.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "marks.h"

/* A directory as the stack shows it: those of the layers that are merged in it, top first. */
struct level {
	size_t name_end; /* in stack->path */
	size_t count;
	struct part {
		size_t layer;
		int fd;
	} *parts;
};

/* A path has at most so many components. */
enum { LEVELS_MAX = PATH_MAX / 2 + 1 };

struct stack {
	size_t count;
	struct level levels[LEVELS_MAX]; /* the top, and the directories down to where the last search was */
	size_t depth;                    /* how many of them are open */
	char path[PATH_MAX];             /* of the deepest one */
};

static int open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void close_level(struct level *level)
{
	for (size_t index = 0; index < level->count; index++)
		close(level->parts[index].fd);
	free(level->parts);
	*level = (struct level){ 0 };
}

static bool add_part(struct level *level, size_t layer, int fd)
{
	struct part *parts = realloc(level->parts, (level->count + 1) * sizeof *parts);
	if (!parts)
		return false;
	level->parts = parts;
	level->parts[level->count++] = (struct part){ layer, fd };
	return true;
}

void stack_close(struct stack *stack)
{
	while (stack->depth > 0)
		close_level(&stack->levels[--stack->depth]);
	free(stack);
}

/* A deep stack has many directories open at once. */
static void raise_open_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

struct stack *stack_open(char *const *layers, size_t count, size_t *layer_failed)
{
	struct stack *stack = calloc(1, sizeof *stack);
	if (!stack)
		return NULL;
	stack->count = count;
	stack->depth = 1;
	raise_open_files();
	for (size_t layer = 0; layer < count; layer++) {
		int fd = open_directory(AT_FDCWD, layers[layer]);
		if (fd >= 0 && add_part(&stack->levels[0], layer, fd))
			continue;
		int saved = errno;
		if (fd >= 0)
			close(fd);
		*layer_failed = layer;
		stack_close(stack);
		errno = saved;
		return NULL;
	}
	return stack;
}

bool stack_path_is_plain(const char *path)
{
	if (*path == '\0')
		return true;
	if (strlen(path) >= PATH_MAX)
		return false;
	for (const char *name = path;; name++) {
		size_t length = strcspn(name, "/");
		if (length == 0 || length > NAME_MAX || strncmp(name, ".", length) == 0 || strncmp(name, "..", length) == 0)
			return false;
		name += length;
		if (*name == '\0')
			return true;
	}
}

/* What the merged directory shows of `name`: 1, 0 or -1. */
static int look(const struct level *level, const char *name, struct found *found)
{
	for (size_t index = 0; index < level->count; index++) {
		const struct part *part = &level->parts[index];
		if (fstatat(part->fd, name, &found->status, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno == ENOENT)
				continue;
			return -1;
		}
		found->layer = part->layer;
		found->directory = part->fd;
		return marks_is_whiteout(&found->status) ? 0 : 1;
	}
	return 0;
}

/* Opens the directories of `name` that are merged. 1, 0 if it is none, or -1. */
static int enter(const struct level *above, const char *name, struct level *level)
{
	for (size_t index = 0; index < above->count; index++) {
		const struct part *part = &above->parts[index];
		int fd = open_directory(part->fd, name);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
			break;
		if (fd < 0)
			return -1;
		if (!add_part(level, part->layer, fd)) {
			close(fd);
			return -1;
		}
		if (marks_is_opaque(fd, "."))
			break;
	}
	return level->count > 0;
}

/* Goes down to the directory at the first `length` bytes of `path`, from where the last search was as far as that is on the way. */
static int go_to(struct stack *stack, const char *path, size_t length)
{
	while (stack->depth > 1) {
		size_t end = stack->levels[stack->depth - 1].name_end;
		if (end <= length && memcmp(stack->path, path, end) == 0 && (end == length || path[end] == '/'))
			break;
		close_level(&stack->levels[--stack->depth]);
	}
	for (size_t begin = stack->levels[stack->depth - 1].name_end; begin < length;) {
		if (stack->depth > 1)
			begin++; /* the slash */
		size_t end = begin + strcspn(path + begin, "/");
		char name[NAME_MAX + 1];
		memcpy(name, path + begin, end - begin);
		name[end - begin] = '\0';
		struct level *level = &stack->levels[stack->depth];
		int entered = enter(level - 1, name, level);
		if (entered <= 0) {
			close_level(level);
			return entered;
		}
		level->name_end = end;
		memcpy(stack->path, path, end);
		stack->depth++;
		begin = end;
	}
	return 1;
}

int stack_find(struct stack *stack, const char *path, struct found *found)
{
	if (!stack_path_is_plain(path)) {
		errno = EINVAL;
		return -1;
	}
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	int there = go_to(stack, path, length);
	if (there <= 0)
		return there;
	found->name = *path == '\0' ? "." : path + length + (slash ? 1 : 0);
	return look(&stack->levels[stack->depth - 1], found->name, found);
}
