#include "arrival.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char default_list[] = "system.posix_acl_default";

static bool make_room(struct arrival *arrival)
{
	size_t room = arrival->room == 0 ? 64 : arrival->room * 2;
	struct arrival_level *larger;

	if (arrival->chain.depth < arrival->room)
		return true;
	larger = realloc(arrival->levels, room * sizeof *larger);
	if (larger == NULL)
		return false;
	arrival->levels = larger;
	arrival->room = room;
	return true;
}

static void set_path_end(struct arrival *arrival, size_t length)
{
	arrival->path_length = length;
	if (length < sizeof arrival->path)
		arrival->path[length] = '\0';
}

static void add_to_path(struct arrival *arrival, const char *name)
{
	size_t length = arrival->path_length;

	if (length < sizeof arrival->path)
		snprintf(arrival->path + length, sizeof arrival->path - length, "%s%s", length == 1 ? "" : "/", name);
	arrival->path_length = length + strlen(name) + (length == 1 ? 0 : 1);
}

/* Takes `fd` over. */
static int push(struct arrival *arrival, int fd, struct arrival_level level)
{
	if (!make_room(arrival)) {
		close(fd);
		return -1;
	}
	if (chain_enter(&arrival->chain, fd) < 0)
		return -1;
	arrival->levels[arrival->chain.depth - 1] = level;
	return 0;
}

static struct arrival_level look(int fd, const struct parcel_head *head, bool made)
{
	struct stat status;
	bool is_known = fstat(fd, &status) == 0;

	return (struct arrival_level){
		.head = *head,
		.made = made,
		.hands_down = !made && fgetxattr(fd, default_list, NULL, 0) > 0,
		.gives_group = !is_known || (status.st_mode & S_ISGID) != 0,
	};
}

int arrival_begin(struct arrival *arrival, int top, const char *path)
{
	*arrival = (struct arrival){ 0 };
	snprintf(arrival->path, sizeof arrival->path, "%s", path);
	set_path_end(arrival, strlen(path));
	return push(arrival, top, look(top, &(struct parcel_head){ 0 }, false));
}

/* What the place hands down to each new directory in it. */
static int remove_inherited(int fd)
{
	static const char *const lists[] = { default_list, "system.posix_acl_access" };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (fremovexattr(fd, lists[i]) < 0 && errno != ENODATA && errno != ENOTSUP)
			return -1;
	}
	return 0;
}

static int open_directory(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ELOOP)
		errno = ENOTDIR;
	return fd;
}

int arrival_enter(struct arrival *arrival, const char *name, const struct parcel_head *head)
{
	int parent = arrival_directory(arrival);
	bool inherits = arrival_innermost(arrival)->hands_down;
	int fd = open_directory(parent, name);
	bool made = false;
	struct arrival_level level;

	/* Only this user enters it before it is what it should be. */
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(parent, name, 0700) < 0)
			return -1;
		made = true;
		fd = open_directory(parent, name);
	}
	if (fd < 0)
		return -1;
	if (made && inherits && remove_inherited(fd) < 0) {
		close(fd);
		return -1;
	}
	level = look(fd, head, made);
	level.path_length = arrival->path_length;
	if (push(arrival, fd, level) < 0)
		return -1;
	if (strcmp(name, ".") != 0)
		add_to_path(arrival, name);
	return 0;
}

int arrival_leave(struct arrival *arrival)
{
	set_path_end(arrival, arrival_innermost(arrival)->path_length);
	return chain_leave(&arrival->chain);
}

struct arrival_level *arrival_innermost(const struct arrival *arrival)
{
	return &arrival->levels[arrival->chain.depth - 1];
}

int arrival_directory(const struct arrival *arrival)
{
	return chain_innermost(&arrival->chain);
}

size_t arrival_depth(const struct arrival *arrival)
{
	return arrival->chain.depth;
}

int arrival_fail(const struct arrival *arrival, const char *syscall, const char *name, struct failure *failure)
{
	char path[FAILURE_PATH_BYTES + NAME_MAX + 2]; /* cut off in the failure */
	int number = errno;
	const char *slash = arrival->path_length == 1 ? "" : "/";

	snprintf(path, sizeof path, "%s%s%s", arrival->path, name == NULL ? "" : slash, name == NULL ? "" : name);
	return fail_with(failure, number, syscall, path);
}

void arrival_free(struct arrival *arrival)
{
	chain_free(&arrival->chain);
	free(arrival->levels);
	*arrival = (struct arrival){ 0 };
}
