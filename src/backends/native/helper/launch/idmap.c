#include "idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_file.h"

/* user_namespaces(7): one write(2) of less than a page. */
enum { MAP_BYTES = 4096 };

static const struct record *next_map(const struct operations *outside, size_t *at, const char *kind)
{
	while (*at < outside->count) {
		const struct record *record = &outside->items[(*at)++];

		if (is_operation(record, "id-map") && strcmp(record->arguments[0], kind) == 0)
			return record;
	}
	return NULL;
}

static unsigned root_id(const struct operations *outside, const char *kind)
{
	const struct record *record;
	size_t at = 0;

	while ((record = next_map(outside, &at, kind)) != NULL) {
		if (strcmp(record->arguments[1], "0") == 0)
			return (unsigned)strtoul(record->arguments[2], NULL, 10);
	}
	return 0;
}

struct root_ids idmap_root(const struct plan *plan)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];

	return (struct root_ids){ root_id(outside, "uid"), root_id(outside, "gid") };
}

static int write_kind(const struct operations *outside, pid_t pid, const char *kind, struct failure *failure)
{
	char path[64];
	char map[MAP_BYTES];
	size_t length = 0;
	size_t at = 0;
	const struct record *record;

	snprintf(path, sizeof path, "/proc/%d/%s_map", (int)pid, kind);
	while ((record = next_map(outside, &at, kind)) != NULL) {
		length += (size_t)snprintf(map + length, sizeof map - length, "%s %s %s\n", record->arguments[1],
					   record->arguments[2], record->arguments[3]);
		if (length >= sizeof map)
			return fail_with(failure, E2BIG, "write", path);
	}
	return length == 0 ? 0 : kernel_file_write(path, map, length, failure);
}

int idmap_write(const struct plan *plan, pid_t pid, struct failure *failure)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];

	if (write_kind(outside, pid, "uid", failure) < 0)
		return -1;
	return write_kind(outside, pid, "gid", failure);
}

int idmap_namespace(pid_t pid, struct failure *failure)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(failure, "open", path) : fd;
}
