/* Records written as text for tests. */
#ifndef TSMACHINE_TEST_RECORDS_TEXT_H
#define TSMACHINE_TEST_RECORDS_TEXT_H

#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* A line a record; words are divided by single spaces; counts are filled in. Returns malloc'ed bytes. */
static inline char *records_bytes(const char *const *lines, size_t count, size_t *length)
{
	char *bytes = malloc(65536);

	*length = 0;
	for (size_t i = 0; i < count; i++) {
		const char *line = lines[i];
		size_t name = strcspn(line, " ");
		unsigned words = 0;

		for (const char *at = line; (at = strchr(at, ' ')) != NULL; at++)
			words++;
		*length += (size_t)sprintf(bytes + *length, "%.*s", (int)name, line) + 1;
		*length += (size_t)sprintf(bytes + *length, "%u", words) + 1;
		for (const char *at = line + name; *at == ' ';) {
			size_t word = strcspn(at + 1, " ");

			*length += (size_t)sprintf(bytes + *length, "%.*s", (int)word, at + 1) + 1;
			at += 1 + word;
		}
	}
	return realloc(bytes, *length); /* exactly: what reads past it is seen */
}

/* "name argument argument;name ...", decoded. To be freed by records_free. */
static inline void records_of(const char *text, struct records *records)
{
	const char *lines[32];
	char copy[1024];
	char *rest = copy;
	char *item;
	char *bytes;
	size_t count = 0, length, index;

	snprintf(copy, sizeof copy, "%s", text);
	while ((item = strsep(&rest, ";")) != NULL)
		lines[count++] = item;
	lines[count++] = "end";
	bytes = records_bytes(lines, count, &length);
	CHECK(records_decode(bytes, length, records, &index) == NULL);
}

#endif
