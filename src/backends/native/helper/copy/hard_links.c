#include "hard_links.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "remove.h"

enum { NUMBER_BYTES = 24 };

void hard_links_begin(struct hard_links *links, int top)
{
	*links = (struct hard_links){ .top = top, .directory = -1 };
}

static bool has_others(const struct hard_links *links, const struct stat *status)
{
	return links->top >= 0 && status->st_nlink > 1 && !S_ISDIR(status->st_mode);
}

int hard_links_make(struct hard_links *links, const struct stat *status, int parent, const char *name)
{
	struct inode_entry *entry;
	char number[NUMBER_BYTES];
	bool added;

	if (!has_others(links, status))
		return 0;
	entry = inode_table_find(&links->files, status->st_dev, status->st_ino, &added);
	if (entry == NULL)
		return -1;
	if (entry->number == 0)
		return 0;
	snprintf(number, sizeof number, "%zu", entry->number);
	/* The last one takes the name of ours over: a file may have as many names as its file system lets it. */
	if (links->left[entry->number - 1] > 1) {
		links->left[entry->number - 1]--;
		return linkat(links->directory, number, parent, name, 0) < 0 ? -1 : 1;
	}
	entry->number = 0;
	return renameat(links->directory, number, parent, name) < 0 ? -1 : 1;
}

/* A name that what is copied cannot know beforehand. */
static int make_directory(struct hard_links *links)
{
	uint64_t numbers[2];

	if (getrandom(numbers, sizeof numbers, 0) != sizeof numbers)
		return -1;
	snprintf(links->name, sizeof links->name, ".links-%016" PRIx64 "%016" PRIx64, numbers[0], numbers[1]);
	if (mkdirat(links->top, links->name, 0700) < 0)
		return -1;
	links->directory = openat(links->top, links->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return links->directory < 0 ? -1 : 0;
}

static bool make_room(struct hard_links *links)
{
	size_t room = links->room == 0 ? 64 : links->room * 2;
	nlink_t *larger;

	if (links->count < links->room)
		return true;
	larger = realloc(links->left, room * sizeof *larger);
	if (larger == NULL)
		return false;
	links->left = larger;
	links->room = room;
	return true;
}

int hard_links_keep(struct hard_links *links, const struct stat *status, int parent, const char *name)
{
	struct inode_entry *entry;
	char number[NUMBER_BYTES];
	bool added;

	if (!has_others(links, status))
		return 0;
	if ((links->directory < 0 && make_directory(links) < 0) || !make_room(links))
		return -1;
	entry = inode_table_find(&links->files, status->st_dev, status->st_ino, &added);
	if (entry == NULL)
		return -1;
	links->left[links->count++] = status->st_nlink - 1;
	entry->number = links->count;
	snprintf(number, sizeof number, "%zu", entry->number);
	return linkat(parent, name, links->directory, number, 0);
}

int hard_links_end(struct hard_links *links, struct failure *failure)
{
	int result = 0;

	if (links->directory >= 0) {
		close(links->directory);
		result = remove_tree(links->top, links->name, &(struct changes){ 0 }, failure);
	}
	inode_table_free(&links->files);
	free(links->left);
	hard_links_begin(links, -1);
	return result;
}
