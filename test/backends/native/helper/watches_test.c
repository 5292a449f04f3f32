#include "watches.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "check.h"
#include "records.h"

/*
 * Plain files stand for the kernel's. What is written to cgroup.event_control names the eventfd, which the test signals as the
 * kernel would. Time is whatever the test says.
 */
static char folder[] = "/tmp/tsmachine-watches-XXXXXX";
static int directory, epoll;
static char control[64], events[64], missing[64];

enum { PAUSE = 1000, BURST = 4, REFILL = 60000 };

static char *oom_arguments[] = { control, "eventfd", "1000", "4", "60000", "oom_kill", NULL };
static char *polled_arguments[] = { events, "poll", "1000", "4", "60000", "max", "high", NULL };
static char *same_arguments[] = { events, "poll", "1000", "4", "60000", "oom_kill", NULL };
static char *missing_arguments[] = { missing, "poll", "1000", "4", "60000", "max", NULL };
static char *pressure_arguments[] = { missing, "1000", "4", "60000", "some", "150000", "1000000", NULL };
static char *count_arguments[] = { events, NULL };
static const struct watch_setup oom = { "watch-counters", oom_arguments };

static void put(const char *name, const char *text)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* The kernel's part of registering an eventfd, and of signalling it. */
static void signal_eventfd(void)
{
	char line[32] = "";
	uint64_t one = 1;
	int fd = openat(directory, "cgroup.event_control", O_RDONLY);

	CHECK(read(fd, line, sizeof line - 1) > 0);
	close(fd);
	CHECK(write(atoi(line), &one, sizeof one) == sizeof one);
}

/* What epoll has to say goes to the watches. */
static int hear(struct watches *watches, uint64_t now)
{
	struct epoll_event items[8];
	int count = epoll_wait(epoll, items, 8, 0);

	for (int i = 0; i < count; i++) {
		CHECK(items[i].data.u64 & WATCH_EVENT);
		watches_event(watches, items[i].data.u64, now);
	}
	return count;
}

static size_t happened(const struct watches *watches)
{
	const char *paths[WATCHES_MAX + 1];

	return watches_happened(watches, paths);
}

static void begin(struct watches *watches, const struct watch_setup *setups, size_t count)
{
	put("cgroup.event_control", "");
	put("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
	put("memory.events", "high 0\nmax 0\noom_kill 0\n");
	unlinkat(directory, "last-counts", 0);
	epoll = epoll_create1(0);
	watches_open(watches, epoll, setups, count);
}

static void end(struct watches *watches)
{
	watches_end(watches, directory);
	close(epoll);
}

static void nothing_happens_and_nothing_is_waited_for_while_the_kernel_is_silent(void)
{
	struct watches watches;

	begin(&watches, &oom, 1);
	CHECK(hear(&watches, 0) == 0 && happened(&watches) == 0 && watches_patience(&watches, 0) == -1);
	end(&watches);
	CHECK(faccessat(directory, "last-counts", F_OK, 0) < 0);
}

static void a_kill_is_heard_at_once_and_the_next_one_after_the_pause(void)
{
	struct watches watches;

	begin(&watches, &oom, 1);
	put("memory.oom_control", "oom_kill 1\n");
	signal_eventfd();
	CHECK(hear(&watches, 5000) == 1 && happened(&watches) == 1);
	watches_told(&watches);
	put("memory.oom_control", "oom_kill 2\n");
	signal_eventfd();
	CHECK(hear(&watches, 5001) == 0 && watches_patience(&watches, 5001) == PAUSE - 1);
	watches_look(&watches, 5999);
	CHECK(happened(&watches) == 0);
	watches_look(&watches, 6000);
	CHECK(happened(&watches) == 1);
	end(&watches);
}

static void after_the_pause_it_listens_again_and_sets_no_timer(void)
{
	struct watches watches;

	begin(&watches, &oom, 1);
	put("memory.oom_control", "oom_kill 1\n");
	signal_eventfd();
	hear(&watches, 1000);
	watches_told(&watches);
	watches_look(&watches, 2000);
	CHECK(happened(&watches) == 0 && watches_patience(&watches, 2000) == -1);
	put("memory.oom_control", "oom_kill 2\n");
	signal_eventfd();
	CHECK(hear(&watches, 2001) == 1 && happened(&watches) == 1);
	end(&watches);
}

/* v1 signals before it kills. */
static void what_is_announced_is_looked_for_until_it_comes(void)
{
	struct watches watches;

	begin(&watches, &oom, 1);
	signal_eventfd();
	CHECK(hear(&watches, 1000) == 1 && happened(&watches) == 0);
	watches_look(&watches, 1100);
	CHECK(happened(&watches) == 0 && watches_patience(&watches, 1100) == 100);
	put("memory.oom_control", "oom_kill 1\n");
	watches_look(&watches, 1200);
	CHECK(happened(&watches) == 1);
	end(&watches);
}

static void what_was_announced_and_never_comes_is_given_up(void)
{
	struct watches watches;
	uint64_t now = 1000;
	int looks = 0;

	begin(&watches, &oom, 1);
	signal_eventfd();
	hear(&watches, now);
	for (int wait; (wait = watches_patience(&watches, now)) >= 0; looks++) {
		CHECK(looks < 20);
		watches_look(&watches, now += (uint64_t)wait);
	}
	CHECK(happened(&watches) == 0 && now < 60000);
	end(&watches);
}

/* A machine may hit its limits ten thousand times a second, for a day. */
static void a_storm_is_told_of_in_bounds_and_looked_at_as_rarely(void)
{
	struct watches watches;
	char text[32];
	uint64_t day = 24u * 3600 * 1000, now = 0, kills = 0;
	size_t told = 0, turns = 0;

	begin(&watches, &oom, 1);
	while (now < day) {
		int wait;

		snprintf(text, sizeof text, "oom_kill %llu\n", (unsigned long long)++kills);
		put("memory.oom_control", text);
		signal_eventfd();
		hear(&watches, now);
		told += happened(&watches);
		watches_told(&watches);
		wait = watches_patience(&watches, now);
		CHECK(wait > 0);
		watches_look(&watches, now += (uint64_t)wait);
		turns++;
	}
	CHECK(told > 1000 && told <= BURST + day / REFILL + 1);
	CHECK(turns <= told + 1);
	end(&watches);
}

static void a_pause_that_is_kept_to_the_millisecond_wins_nothing(void)
{
	struct allowance allowance = { .pause_ms = PAUSE, .burst = BURST, .refill_ms = REFILL };
	uint64_t day = 24u * 3600 * 1000, now = 0;
	size_t count = 0;

	for (; now < day; count++)
		now = allowance_take(&allowance, now);
	CHECK(count <= BURST + day / REFILL + 1);
}

static void what_cannot_be_watched_is_left_out(void)
{
	const struct watch_setup setups[] = {
		{ "watch-counters", missing_arguments }, { "watch-pressure", pressure_arguments }, oom,
		{ "watch-counters", polled_arguments }, /* a plain file does not signal */
	};
	struct watches watches;

	begin(&watches, setups, 4);
	put("memory.oom_control", "oom_kill 1\n");
	signal_eventfd();
	CHECK(hear(&watches, 1000) == 1 && happened(&watches) == 1);
	end(&watches);
}

static void two_watches_of_one_file_are_told_of_once(void)
{
	const struct watch_setup setups[] = { { "watch-counters", polled_arguments }, { "watch-counters", same_arguments } };
	const char *paths[WATCHES_MAX + 1];
	struct watches watches;

	begin(&watches, setups, 0);
	put("memory.events", "high 0\nmax 3\noom_kill 1\n");
	watches_open(&watches, epoll, setups, 2);
	CHECK(watches_happened(&watches, paths) == 1);
	CHECK_TEXT(paths[0], events);
	CHECK(paths[1] == NULL);
	end(&watches);
}

/* Its last moments: what nobody told of yet is written down, and the counters as they are. */
static void the_end_leaves_the_last_counts(void)
{
	const struct watch_setup setups[] = { oom, { "count-file", count_arguments }, { "watch-counters", missing_arguments } };
	struct watches watches;
	struct records records;
	size_t index;

	begin(&watches, setups, 3);
	put("memory.oom_control", "oom_kill 7\n");
	put("memory.events", "max 9\n");
	end(&watches);
	int fd = openat(directory, "last-counts", O_RDONLY);
	CHECK(records_read(fd, &records, &index) == NULL && records.count == 3);
	close(fd);
	CHECK_TEXT(records.items[0].name, "happened");
	CHECK_TEXT(records.items[0].arguments[0], control);
	CHECK_TEXT(records.items[1].name, "counts");
	CHECK_TEXT(records.items[1].arguments[1], "oom_kill 7\n");
	CHECK_TEXT(records.items[2].arguments[0], events);
	CHECK_TEXT(records.items[2].arguments[1], "max 9\n");
	records_free(&records);
}

static void the_end_closes_all_descriptors(void)
{
	struct watches watches;
	int before = dup(0), after;

	close(before);
	begin(&watches, &oom, 1);
	end(&watches);
	after = dup(0);
	close(after);
	CHECK(before == after);
	CHECK(watches.count == 0 && watches_patience(&watches, 0) == -1);
}

static void an_event_of_a_watch_that_is_gone_is_nothing(void)
{
	struct watches watches;

	begin(&watches, &oom, 1);
	watches_event(&watches, WATCH_EVENT | 15, 0);
	end(&watches);
	watches_event(&watches, WATCH_EVENT, 0);
	CHECK(happened(&watches) == 0);
}

int main(void)
{
	CHECK(mkdtemp(folder) != NULL);
	directory = open(folder, O_RDONLY | O_DIRECTORY);
	snprintf(control, sizeof control, "%s/memory.oom_control", folder);
	snprintf(events, sizeof events, "%s/memory.events", folder);
	snprintf(missing, sizeof missing, "%s/missing", folder);
	RUN(nothing_happens_and_nothing_is_waited_for_while_the_kernel_is_silent);
	RUN(a_kill_is_heard_at_once_and_the_next_one_after_the_pause);
	RUN(after_the_pause_it_listens_again_and_sets_no_timer);
	RUN(what_is_announced_is_looked_for_until_it_comes);
	RUN(what_was_announced_and_never_comes_is_given_up);
	RUN(a_storm_is_told_of_in_bounds_and_looked_at_as_rarely);
	RUN(a_pause_that_is_kept_to_the_millisecond_wins_nothing);
	RUN(what_cannot_be_watched_is_left_out);
	RUN(two_watches_of_one_file_are_told_of_once);
	RUN(the_end_leaves_the_last_counts);
	RUN(the_end_closes_all_descriptors);
	RUN(an_event_of_a_watch_that_is_gone_is_nothing);
	static const char *const files[] = { "cgroup.event_control", "memory.oom_control", "memory.events", "last-counts" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlinkat(directory, files[i], 0);
	CHECK(rmdir(folder) == 0);
	return 0;
}
