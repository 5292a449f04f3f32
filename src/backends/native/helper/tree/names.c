#include "names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Names one after the other, each with its NUL. */
struct heap {
	char *bytes;
	size_t length;
	size_t room;
	size_t count;
};

static bool keep(struct heap *heap, const char *name)
{
	size_t size = strlen(name) + 1;

	if (heap->length + size > heap->room) {
		size_t room = heap->room == 0 ? 1024 : heap->room * 2;
		char *larger = realloc(heap->bytes, room);

		if (larger == NULL)
			return false;
		heap->bytes = larger;
		heap->room = room;
	}
	memcpy(heap->bytes + heap->length, name, size);
	heap->length += size;
	heap->count++;
	return true;
}

static bool is_real(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int read_all(DIR *stream, struct heap *heap)
{
	struct dirent *entry;

	for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0) {
		if (is_real(entry->d_name) && !keep(heap, entry->d_name))
			return -1;
	}
	return errno == 0 ? 0 : -1;
}

static int fill(int directory, struct heap *heap)
{
	/* Not a duplicate: that would share the position, and begin where another reader ended. */
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	int result;
	int number;

	if (stream == NULL) {
		number = errno;
		if (fd >= 0)
			close(fd);
		errno = number;
		return -1;
	}
	result = read_all(stream, heap);
	number = errno;
	closedir(stream);
	errno = number;
	return result;
}

static int in_byte_order(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

int names_read(int directory, struct names *names)
{
	struct heap heap = { 0 };
	char *name;

	*names = (struct names){ 0 };
	if (fill(directory, &heap) < 0 || (names->items = malloc((heap.count + 1) * sizeof *names->items)) == NULL) {
		free(heap.bytes);
		return -1;
	}
	names->bytes = name = heap.bytes;
	for (; names->count < heap.count; name += strlen(name) + 1)
		names->items[names->count++] = name;
	qsort(names->items, names->count, sizeof *names->items, in_byte_order);
	return 0;
}

void names_free(struct names *names)
{
	free(names->items);
	free(names->bytes);
	*names = (struct names){ 0 };
}
