#include "group_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	/* Ways up in a row that found nothing to remove: then a process is in there. */
	MAX_FRUITLESS_ASCENTS = 64,
	/* A group stays busy for a moment after its last process was reaped. */
	BUSY_RETRIES = 20,
	BUSY_PAUSE_MS = 5,
};

static void pause_briefly(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = BUSY_PAUSE_MS * 1000000L }, NULL);
}

/* Replaces *fd by the directory `name` in it. */
static bool step_to(int *fd, const char *name)
{
	int next = openat(*fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return false;
	close(*fd);
	*fd = next;
	return true;
}

/* Removes the childless groups in `fd`, counting them. True and `name` set, if one with children remains. */
static bool remove_children(int fd, char name[NAME_MAX + 1], size_t *removed)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	bool remains = false;
	if (!directory)
		return false;
	for (struct dirent *entry; (entry = readdir(directory));) {
		if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0) {
			++*removed;
		} else {
			strcpy(name, entry->d_name); /* d_name is no longer than NAME_MAX */
			remains = true;
		}
	}
	closedir(directory);
	return remains;
}

/* Empties the directory that `fd` is; closes it. Down while a child has children, else up again. */
static void empty_tree(int fd)
{
	char name[NAME_MAX + 1];
	size_t depth = 0, fruitless = 0;
	while (fruitless < MAX_FRUITLESS_ASCENTS) {
		size_t removed = 0;
		bool remains = remove_children(fd, name, &removed);
		fruitless = removed > 0 ? 0 : fruitless;
		if (remains && step_to(&fd, name)) {
			depth++;
		} else if (depth > 0 && step_to(&fd, "..")) {
			depth--;
			fruitless++;
		} else {
			break;
		}
	}
	close(fd);
}

int group_tree_remove(const char *path)
{
	for (int attempt = 0; attempt < BUSY_RETRIES; attempt++) {
		if (rmdir(path) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY && errno != ENOTEMPTY)
			return -1;
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			empty_tree(fd);
		if (rmdir(path) == 0)
			return 0;
		pause_briefly();
	}
	errno = EBUSY;
	return -1;
}
