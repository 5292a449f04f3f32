#include "counters.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void counters_read(int fd, char text[COUNTERS_TEXT])
{
	ssize_t length = pread(fd, text, COUNTERS_TEXT - 1, 0);

	text[length > 0 ? length : 0] = '\0';
}

static int is_key(const char *line, size_t length, char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (strlen(*keys) == length && memcmp(*keys, line, length) == 0)
			return 1;
	return 0;
}

uint64_t counters_sum(const char *text, char *const *keys)
{
	uint64_t sum = 0;

	while (*text != '\0') {
		size_t line = strcspn(text, "\n"), key = strcspn(text, " \n");

		if (key < line && is_key(text, key, keys))
			sum += strtoull(text + key + 1, NULL, 10);
		text += line + (text[line] == '\n');
	}
	return sum;
}
