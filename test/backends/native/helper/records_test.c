#include "records.h"

#include <errno.h>
#include <unistd.h>

#include "check.h"

/* A copy on the heap, so that the sanitizer sees one byte too far. */
static const char *decode(const char *bytes, size_t length, struct records *records)
{
	char *copy = malloc(length == 0 ? 1 : length);
	size_t index;

	memcpy(copy, bytes, length);
	return records_decode(copy, length, records, &index);
}

#define DECODE(text, records) decode(text, sizeof(text) - 1, records)

static void a_stream_gives_its_records_back(void)
{
	struct records records;

	CHECK_TEXT(DECODE("one\0002\0a\0b\0none\0000\0empty\0001\0\0end\0000\0", &records), NULL);
	CHECK(records.count == 3);
	CHECK_TEXT(records.items[0].name, "one");
	CHECK_TEXT(records.items[0].arguments[1], "b");
	CHECK(records.items[0].arguments[2] == NULL);
	CHECK(records.items[1].count == 0 && records.items[1].arguments[0] == NULL);
	CHECK_TEXT(records.items[2].arguments[0], "");
	CHECK(records_find(&records, "empty") == &records.items[2]);
	CHECK(records_find(&records, "end") == NULL);
	records_free(&records);
}

static void a_stream_cut_off_anywhere_is_refused(void)
{
	static const char whole[] = "one\0002\0a\0b\0two\0001\0c\0end\0000\0";
	struct records records;

	for (size_t length = 0; length < sizeof whole - 1; length++)
		CHECK(decode(whole, length, &records) != NULL);
	CHECK_TEXT(decode(whole, sizeof whole - 1, &records), NULL);
	records_free(&records);
}

static void bytes_after_the_end_are_refused(void)
{
	struct records records;

	CHECK_TEXT(DECODE("end\0000\0x", &records), "bytes follow `end`");
	CHECK_TEXT(DECODE("end\0000\0end\0000\0", &records), "bytes follow `end`");
}

static void a_count_has_one_spelling_and_a_bound(void)
{
	static const char reason[] = "a record's count is not a number within bounds";
	struct records records;

	CHECK_TEXT(DECODE("a\0\0end\0000\0", &records), reason);
	CHECK_TEXT(DECODE("a\00000\0end\0000\0", &records), reason);
	CHECK_TEXT(DECODE("a\000-1\0end\0000\0", &records), reason);
	CHECK_TEXT(DECODE("a\0+1\0x\0end\0000\0", &records), reason);
	CHECK_TEXT(DECODE("a\0001025\0end\0000\0", &records), reason);
	CHECK_TEXT(DECODE("a\00018446744073709551617\0x\0end\0000\0", &records), reason);
}

static void a_name_is_neither_empty_nor_long(void)
{
	static const char reason[] = "a record's name is empty or too long";
	char long_name[80];
	struct records records;

	CHECK_TEXT(DECODE("\0000\0end\0000\0", &records), reason);
	memset(long_name, 'n', sizeof long_name);
	long_name[sizeof long_name - 1] = '\0';
	CHECK_TEXT(decode(long_name, sizeof long_name, &records), reason);
}

static void too_many_records_are_refused(void)
{
	size_t length = (RECORDS_MAX_COUNT + 2) * 4;
	char *bytes = malloc(length);
	struct records records;
	size_t index;

	for (size_t at = 0; at < length; at += 4)
		memcpy(bytes + at, "a\0000", 4);
	CHECK_TEXT(records_decode(bytes, length, &records, &index), "too many records");
	CHECK(index == RECORDS_MAX_COUNT);
}

static void a_long_string_is_refused(void)
{
	size_t length = RECORDS_MAX_STRING + 16;
	char *bytes = malloc(length);
	struct records records;
	size_t index;

	memset(bytes, 'x', length);
	memcpy(bytes, "a\0001", 4);
	memcpy(bytes + length - 7, "\0end\0000", 7);
	CHECK_TEXT(records_decode(bytes, length, &records, &index), "a string is too long");
}

static void a_long_stream_is_refused(void)
{
	size_t index;
	struct records records;

	CHECK_TEXT(records_decode(calloc(1, RECORDS_MAX_BYTES + 1), RECORDS_MAX_BYTES + 1, &records, &index),
		   "the stream is too long");
}

static void what_is_sent_can_be_read(void)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	struct records records;
	size_t index;
	int ends[2];

	CHECK(pipe(ends) == 0);
	records_add(&out, "failed", "inside", "3", "", NULL);
	records_add(&out, "bare", NULL);
	CHECK(records_send(&out, ends[1]) == 0);
	close(ends[1]);
	CHECK_TEXT(records_read(ends[0], &records, &index), NULL);
	CHECK(records.count == 2 && records.items[0].count == 3);
	CHECK_TEXT(records.items[0].arguments[2], "");
	records_free(&records);
	close(ends[0]);
}

static void too_much_to_send_is_said_not_cut(void)
{
	static char text[9000];
	struct records_out out = RECORDS_OUT_EMPTY;

	memset(text, 'x', sizeof text - 1);
	records_add(&out, "long", text, NULL);
	CHECK(records_send(&out, STDOUT_FILENO) < 0 && errno == EMSGSIZE);
}

int main(void)
{
	RUN(a_stream_gives_its_records_back);
	RUN(a_stream_cut_off_anywhere_is_refused);
	RUN(bytes_after_the_end_are_refused);
	RUN(a_count_has_one_spelling_and_a_bound);
	RUN(a_name_is_neither_empty_nor_long);
	RUN(too_many_records_are_refused);
	RUN(a_long_string_is_refused);
	RUN(a_long_stream_is_refused);
	RUN(what_is_sent_can_be_read);
	RUN(too_much_to_send_is_said_not_cut);
	return 0;
}
