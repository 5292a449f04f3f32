#include "counters.h"

#include <fcntl.h>
#include <unistd.h>

#include "check.h"

static uint64_t sum(const char *text, const char *one, const char *other)
{
	char *keys[] = { (char *)one, (char *)other, NULL };

	return counters_sum(text, keys);
}

static void keys_are_whole_words_of_their_lines(void)
{
	static const char events[] = "low 0\nhigh 7\nmax 20\noom 3\noom_kill 2\noom_group_kill 1\n";

	CHECK(sum(events, "oom_kill", NULL) == 2);
	CHECK(sum(events, "high", "max") == 27);
	CHECK(sum(events, "oo", "kill") == 0);
}

static void a_text_of_another_kind_counts_nothing(void)
{
	CHECK(sum("", "max", NULL) == 0);
	CHECK(sum("max", "max", NULL) == 0);
	CHECK(sum("max\n\n max 3\n", "max", NULL) == 0);
	CHECK(sum("max words\n", "max", NULL) == 0);
	CHECK(sum("max 5", "max", NULL) == 5);
}

static void a_long_file_is_cut_and_a_missing_one_is_empty(void)
{
	char text[COUNTERS_TEXT];
	int fd = open("/proc/self/maps", O_RDONLY);

	counters_read(fd, text);
	CHECK(strlen(text) < sizeof text);
	close(fd);
	counters_read(-1, text);
	CHECK_TEXT(text, "");
}

int main(void)
{
	RUN(keys_are_whole_words_of_their_lines);
	RUN(a_text_of_another_kind_counts_nothing);
	RUN(a_long_file_is_cut_and_a_missing_one_is_empty);
	return 0;
}
