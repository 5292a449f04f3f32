#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes `*room` at least `wanted` items of `size` bytes. */
static bool grow(void **items, size_t *room, size_t wanted, size_t size)
{
	size_t more = *room * 2 > wanted ? *room * 2 : wanted;
	void *larger;

	if (wanted <= *room)
		return true;
	larger = realloc(*items, more * size);
	if (larger == NULL)
		return false;
	*items = larger;
	*room = more;
	return true;
}

/* Takes `fd` over. */
static int push(struct walk *walk, int fd, struct failure *failure)
{
	struct walk_level level = { .path_length = walk->path_length };

	if (chain_enter(&walk->chain, fd) < 0)
		return walk_fail(walk, "fstat", failure);
	if (!grow((void **)&walk->levels, &walk->room, walk->depth + 1, sizeof *walk->levels) ||
	    names_read(fd, &level.names) < 0)
		return walk_fail(walk, "getdents64", failure);
	walk->levels[walk->depth++] = level;
	return 0;
}

static struct walk_level *innermost(const struct walk *walk)
{
	return &walk->levels[walk->depth - 1];
}

static int pop(struct walk *walk, struct failure *failure)
{
	names_free(&innermost(walk)->names);
	walk->depth--;
	return chain_leave(&walk->chain) < 0 ? walk_fail(walk, "openat", failure) : 0;
}

int walk_begin(struct walk *walk, int top, struct failure *failure)
{
	*walk = (struct walk){ 0 };
	if (!grow((void **)&walk->path, &walk->path_room, 256, 1)) {
		close(top);
		return fail(failure, "malloc", NULL);
	}
	walk->path[0] = '\0';
	return push(walk, top, failure);
}

/* Without memory the path stays as it was: it is only for reports. */
static void set_path(struct walk *walk, const struct walk_level *level, const char *name)
{
	size_t size = strlen(name) + 1;
	size_t at = level->path_length;

	if (!grow((void **)&walk->path, &walk->path_room, at + 1 + size, 1))
		return;
	if (at > 0)
		walk->path[at++] = '/';
	memcpy(walk->path + at, name, size);
	walk->path_length = at + size - 1;
}

enum walk_step walk_next(struct walk *walk, struct walk_entry *entry, struct failure *failure)
{
	enum walk_step step = WALK_MET;
	struct walk_level *level;

	if (walk->depth == 0)
		return WALK_END;
	level = innermost(walk);
	if (level->next < level->names.count) {
		level->next++;
	} else {
		if (pop(walk, failure) < 0)
			return WALK_FAILED;
		if (walk->depth == 0)
			return WALK_END;
		level = innermost(walk);
		step = WALK_LEFT;
	}
	*entry = (struct walk_entry){ walk_directory(walk), level->names.items[level->next - 1], walk->depth };
	set_path(walk, level, entry->name);
	return step;
}

int walk_enter(struct walk *walk, struct failure *failure)
{
	struct walk_level *level = innermost(walk);
	const char *name = level->names.items[level->next - 1];
	int fd = openat(walk_directory(walk), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		return push(walk, fd, failure) < 0 ? -1 : 1;
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return 0;
	return walk_fail(walk, "openat", failure);
}

int walk_directory(const struct walk *walk)
{
	return chain_innermost(&walk->chain);
}

void walk_free(struct walk *walk)
{
	while (walk->depth > 0)
		names_free(&walk->levels[--walk->depth].names);
	chain_free(&walk->chain);
	free(walk->levels);
	free(walk->path);
	*walk = (struct walk){ 0 };
}

int walk_fail(const struct walk *walk, const char *syscall, struct failure *failure)
{
	return fail(failure, syscall, walk->path);
}
