#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A walk over NUL-terminated strings. */
struct cursor {
	char *at;
	char *end;
};

/* The next string, or NULL when the stream ends inside it. */
static char *next_string(struct cursor *cursor)
{
	char *start = cursor->at;
	char *nul = start == cursor->end ? NULL : memchr(start, '\0', (size_t)(cursor->end - start));

	if (nul == NULL)
		return NULL;
	cursor->at = nul + 1;
	return start;
}

/* Decimal without sign, space or leading zero: one number has one spelling, so two readers cannot disagree about it. */
static bool parse_count(const char *text, size_t *count)
{
	size_t value = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (size_t)(*text - '0');
		if (value > RECORDS_MAX_ARGUMENTS)
			return false;
	}
	*count = value;
	return true;
}

static size_t count_strings(const char *buffer, size_t length)
{
	size_t strings = 0;

	for (size_t i = 0; i < length; i++)
		strings += buffer[i] == '\0';
	return strings;
}

static const char *decode_arguments(struct cursor *cursor, struct record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		char *argument = next_string(cursor);

		if (argument == NULL)
			return "cut off inside a record";
		if ((size_t)(cursor->at - argument) - 1 > RECORDS_MAX_STRING)
			return "a string is too long";
		record->arguments[i] = argument;
	}
	record->arguments[record->count] = NULL;
	return NULL;
}

/* One record; its arguments go to `arguments`, which has room for as many strings as the stream has. */
static const char *decode_record(struct cursor *cursor, struct record *record, char **arguments)
{
	char *count;

	record->name = next_string(cursor);
	if (record->name == NULL)
		return "cut off before `end`";
	if (record->name[0] == '\0' || strlen(record->name) > 64)
		return "a record's name is empty or too long";
	count = next_string(cursor);
	if (count == NULL)
		return "cut off inside a record";
	if (!parse_count(count, &record->count))
		return "a record's count is not a number within bounds";
	record->arguments = arguments;
	return decode_arguments(cursor, record);
}

static const char *decode_all(struct cursor *cursor, struct records *records)
{
	char **arguments = records->arguments;

	for (;;) {
		struct record record;
		const char *reason = decode_record(cursor, &record, arguments);

		if (reason != NULL)
			return reason;
		if (strcmp(record.name, "end") == 0)
			break;
		if (records->count == RECORDS_MAX_COUNT)
			return "too many records";
		records->items[records->count++] = record;
		arguments += record.count + 1;
	}
	/* What follows `end` was not meant for us: somebody wrote into the stream, or the writer is broken. */
	return cursor->at == cursor->end ? NULL : "bytes follow `end`";
}

const char *records_decode(char *buffer, size_t length, struct records *records, size_t *index)
{
	struct cursor cursor = { buffer, buffer + length };
	size_t strings;
	size_t items;
	const char *reason;

	*records = (struct records){ .buffer = buffer };
	*index = 0;
	if (length > RECORDS_MAX_BYTES) {
		records_free(records);
		return "the stream is too long";
	}
	/* A record has two strings of its own (name, count), which leaves room for the NULL that ends its arguments. */
	strings = count_strings(buffer, length) + 2;
	items = strings / 2 < RECORDS_MAX_COUNT ? strings / 2 : RECORDS_MAX_COUNT;
	records->items = calloc(items, sizeof *records->items);
	records->arguments = calloc(strings, sizeof *records->arguments);
	if (records->items == NULL || records->arguments == NULL)
		reason = "out of memory";
	else
		reason = decode_all(&cursor, records);
	*index = records->count;
	if (reason != NULL)
		records_free(records);
	return reason;
}

/* Reads to the end of the file, or one byte past the bound, which records_decode then refuses. */
static char *read_bounded(int fd, size_t *length)
{
	size_t capacity = 16 * 1024;
	char *buffer = malloc(capacity);

	*length = 0;
	while (buffer != NULL && *length <= RECORDS_MAX_BYTES) {
		ssize_t got = read(fd, buffer + *length, capacity - *length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(buffer);
			return NULL;
		}
		if (got == 0)
			break;
		*length += (size_t)got;
		if (*length == capacity) {
			char *larger = realloc(buffer, capacity *= 2);

			if (larger == NULL)
				free(buffer);
			buffer = larger;
		}
	}
	return buffer;
}

const char *records_read(int fd, struct records *records, size_t *index)
{
	size_t length;
	char *buffer = read_bounded(fd, &length);

	if (buffer == NULL) {
		*records = (struct records){ 0 };
		*index = 0;
		return "the stream cannot be read";
	}
	return records_decode(buffer, length, records, index);
}

void records_free(struct records *records)
{
	free(records->items);
	free(records->arguments);
	free(records->buffer);
	*records = (struct records){ 0 };
}

const struct record *records_find(const struct records *records, const char *name)
{
	for (size_t i = 0; i < records->count; i++) {
		if (strcmp(records->items[i].name, name) == 0)
			return &records->items[i];
	}
	return NULL;
}

static void add_string(struct records_out *out, const char *string)
{
	size_t size = strlen(string) + 1;

	if (out->overflow || size > sizeof out->bytes - out->length) {
		out->overflow = true;
		return;
	}
	memcpy(out->bytes + out->length, string, size);
	out->length += size;
}

void records_add(struct records_out *out, const char *name, ...)
{
	char count[16];
	unsigned arguments = 0;
	va_list list;
	const char *argument;

	va_start(list, name);
	while (va_arg(list, const char *) != NULL)
		arguments++;
	va_end(list);

	snprintf(count, sizeof count, "%u", arguments);
	add_string(out, name);
	add_string(out, count);
	va_start(list, name);
	while ((argument = va_arg(list, const char *)) != NULL)
		add_string(out, argument);
	va_end(list);
}

int records_send(struct records_out *out, int fd)
{
	size_t sent = 0;

	records_add(out, "end", NULL);
	if (out->overflow) {
		errno = EMSGSIZE;
		return -1;
	}
	while (sent < out->length) {
		ssize_t wrote = write(fd, out->bytes + sent, out->length - sent);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		sent += (size_t)wrote;
	}
	return 0;
}

int records_replace(struct records_out *out, int directory, const char *temporary, const char *name)
{
	int fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int result;

	if (fd < 0)
		return -1;
	result = records_send(out, fd);
	close(fd);
	return result == 0 ? renameat(directory, temporary, directory, name) : -1;
}
