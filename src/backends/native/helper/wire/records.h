/*
 * The one encoding of every conversation with the helper (docs/launch-plan.md):
 *   NAME NUL COUNT NUL ARG1 NUL ... ARGn NUL, ending with the record `end` of no arguments.
 * The bytes come from another process: every length is bounded before it is believed.
 */
#ifndef TSMACHINE_RECORDS_H
#define TSMACHINE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RECORDS_MAX_BYTES = 1024 * 1024,
	RECORDS_MAX_COUNT = 4096,
	RECORDS_MAX_ARGUMENTS = 1024,
	RECORDS_MAX_STRING = 128 * 1024, /* bytes, without the NUL; MAX_ARG_STRLEN of execve(2) */
};

/* Strings point into the buffer of `struct records`; arguments[count] is NULL, so that they serve as an argv. */
struct record {
	char *name;
	size_t count;
	char **arguments;
};

/* Without the closing `end`. */
struct records {
	struct record *items;
	size_t count;
	char **arguments;
	char *buffer;
};

/*
 * Decodes `length` bytes. Takes `buffer` (from malloc) over, also on failure.
 * Returns NULL, or the reason of the refusal (a string constant), with *index the record's number.
 */
const char *records_decode(char *buffer, size_t length, struct records *records, size_t *index);

/* Reads `fd` to its end of file, then decodes. Does not close it. */
const char *records_read(int fd, struct records *records, size_t *index);

void records_free(struct records *records);

/* First record of that name, or NULL. */
const struct record *records_find(const struct records *records, const char *name);

/*
 * Collects records, then writes them at once, so that a reader never sees half of one.
 * Too much for the buffer sets `overflow`: records_send then fails with EMSGSIZE.
 */
struct records_out {
	char bytes[8192];
	size_t length;
	bool overflow;
};

#define RECORDS_OUT_EMPTY { .length = 0, .overflow = false }

/* Arguments are strings (NULL ends the list): records_add(&out, "running", "1", "2", NULL). */
void records_add(struct records_out *out, const char *name, ...) __attribute__((sentinel));

/* Adds `end` and writes all to `fd`. 0, or -1 with errno. */
int records_send(struct records_out *out, int fd);

/* The same to a file of a directory, as a whole or not at all: by a temporary file and rename. */
int records_replace(struct records_out *out, int directory, const char *temporary, const char *name);

#endif
