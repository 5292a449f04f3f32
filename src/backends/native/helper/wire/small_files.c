#include "small_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool are_names(const char *names, size_t length, size_t count)
{
	const char *end = names + length;

	if (length == 0 || end[-1] != '\0')
		return false;
	for (; count > 0 && names < end && *names != '/'; count--)
		names += strlen(names) + 1;
	return count == 0 && names == end;
}

/* Looked at from there, the path of each is short: the kernel walks no more than that. */
static int open_directory(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void fill(int32_t *places, size_t count, int32_t value)
{
	for (size_t index = 0; index < count; index++)
		places[index] = value;
}

/* Its length, or -errno. */
static int32_t read_one(int directory, const char *path, char *room, size_t share)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	int32_t length;

	if (fd < 0)
		return -errno;
	do {
		ssize_t got = read(fd, room, share);

		length = got < 0 ? -errno : (int32_t)got;
	} while (length == -EINTR);
	close(fd);
	return length;
}

/* "./NAME/FILE", where the name may be empty: an empty path would be the root. */
static int join(char path[PATH_MAX], const char *name, const char *file)
{
	int length = snprintf(path, PATH_MAX, "./%s/%s", name, file);

	return length < PATH_MAX ? 0 : -1;
}

int read_small_files(const char *directory, const char *names, size_t length, size_t count, const char *file, char *room, size_t share,
		     int32_t *lengths)
{
	char path[PATH_MAX];
	int below;

	if (share > INT32_MAX || !are_names(names, length, count))
		return -1;
	below = open_directory(directory);
	if (below < 0) {
		fill(lengths, count, -errno);
		return 0;
	}
	for (size_t index = 0; index < count; index++) {
		lengths[index] = join(path, names, file) < 0 ? -ENAMETOOLONG : read_one(below, path, room + index * share, share);
		names += strlen(names) + 1;
	}
	close(below);
	return 0;
}

static int32_t links_of(int directory, const char *name)
{
	struct stat facts;

	if (fstatat(directory, name, &facts, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0)
		return -errno;
	return facts.st_nlink > INT32_MAX ? INT32_MAX : (int32_t)facts.st_nlink;
}

int count_links(const char *directory, const char *names, size_t length, size_t count, int32_t *links)
{
	int below;

	if (!are_names(names, length, count))
		return -1;
	below = open_directory(directory);
	if (below < 0) {
		fill(links, count, -errno);
		return 0;
	}
	for (size_t index = 0; index < count; index++) {
		links[index] = links_of(below, names);
		names += strlen(names) + 1;
	}
	close(below);
	return 0;
}

void list_directories(const char *directory, FILE *out)
{
	DIR *stream = opendir(directory);

	if (stream == NULL)
		return;
	for (struct dirent *entry; (entry = readdir(stream));) {
		const char *name = entry->d_name;

		if (entry->d_type == DT_DIR && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			fwrite(name, 1, strlen(name) + 1, out);
	}
	closedir(stream);
}
