#include "watches.h"

#include "counters.h"
#include "last_counts.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	/* After a signal of something else in the same file: these come up to a hundred times a second (cgroup_file_notify). */
	DEAF_MS = 100,
	/* An eventfd announces an OOM kill before it is done: looked for after 100, 200, ... ms, for half a minute in all. */
	LOOKS = 8,
};

/* The numbers of allowance.h, in the order of docs/launch-plan.md. */
static struct allowance read_allowance(char *const *numbers)
{
	return (struct allowance){
		.pause_ms = (uint32_t)strtoul(numbers[0], NULL, 10),
		.burst = (uint32_t)strtoul(numbers[1], NULL, 10),
		.refill_ms = (uint32_t)strtoul(numbers[2], NULL, 10),
	};
}

/* "<event_fd> <fd of the file>" to cgroup.event_control beside it: cgroup-v1/memcg_test.rst, cgroup-v1/memory.rst 10. */
static int open_eventfd(const char *path, int counters)
{
	char control[PATH_MAX], line[32];
	int directory = (int)(strrchr(path, '/') - path);
	int length = snprintf(line, sizeof line, "%d %d", eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), counters);
	int fd = atoi(line), file = -1;

	if (fd >= 0 && snprintf(control, sizeof control, "%.*s/cgroup.event_control", directory, path) < (int)sizeof control)
		file = open(control, O_WRONLY | O_CLOEXEC);
	if (file < 0 || write(file, line, (size_t)length) != length) {
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	if (file >= 0)
		close(file);
	return fd;
}

/* PATH poll|eventfd PAUSE BURST REFILL KEY... */
static void open_counters(struct watch *watch, char *const *arguments)
{
	bool polled = strcmp(arguments[1], "poll") == 0;

	watch->allowance = read_allowance(arguments + 2);
	watch->keys = arguments + 5;
	watch->interest = polled ? EPOLLPRI : EPOLLIN;
	watch->counters = open(watch->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (watch->counters >= 0)
		watch->fd = polled ? watch->counters : open_eventfd(watch->path, watch->counters);
}

/* PATH PAUSE BURST REFILL some|full STALL WINDOW: Documentation/accounting/psi.rst, "Monitoring for pressure thresholds". */
static void open_pressure(struct watch *watch, char *const *arguments)
{
	char trigger[64];
	int length = snprintf(trigger, sizeof trigger, "%.4s %.20s %.20s", arguments[4], arguments[5], arguments[6]);

	watch->allowance = read_allowance(arguments + 1);
	watch->interest = EPOLLPRI;
	watch->fd = open(watch->path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (watch->fd >= 0 && write(watch->fd, trigger, (size_t)length + 1) < 0) {
		close(watch->fd);
		watch->fd = -1;
	}
}

/* One-shot: what has signalled does not signal again before it is armed again. */
static void arm(struct watches *watches, struct watch *watch, int operation)
{
	struct epoll_event interest = {
		.events = watch->interest | EPOLLONESHOT,
		.data.u64 = WATCH_EVENT | (uint64_t)(watch - watches->items),
	};

	watch->look_at = 0;
	if (watch->fd >= 0)
		(void)epoll_ctl(watches->epoll, operation, watch->fd, &interest);
}

static bool has_grown(struct watch *watch)
{
	char text[COUNTERS_TEXT];
	uint64_t sum;

	if (watch->counters < 0)
		return false;
	/* The reading also makes the kernel signal what comes from now on (kernfs_generic_poll). */
	counters_read(watch->counters, text);
	sum = counters_sum(text, watch->keys);
	if (sum <= watch->seen)
		return false;
	watch->seen = sum;
	return true;
}

static void happen(struct watch *watch, uint64_t now)
{
	watch->happened = true;
	watch->looks = 0;
	watch->look_at = allowance_take(&watch->allowance, now);
}

static void open_one(struct watch *watch, const struct watch_setup *setup)
{
	*watch = (struct watch){ .path = setup->arguments[0], .fd = -1, .counters = -1 };
	if (strcmp(setup->operation, "watch-counters") == 0)
		open_counters(watch, setup->arguments);
	else if (strcmp(setup->operation, "watch-pressure") == 0)
		open_pressure(watch, setup->arguments);
}

void watches_open(struct watches *watches, int epoll, const struct watch_setup *setups, size_t count)
{
	watches->epoll = epoll;
	watches->count = count < WATCHES_MAX ? count : WATCHES_MAX;
	for (size_t i = 0; i < watches->count; i++) {
		struct watch *watch = &watches->items[i];

		open_one(watch, &setups[i]);
		/* The machine runs already: it may have been quick. */
		watch->happened = has_grown(watch);
		arm(watches, watch, EPOLL_CTL_ADD);
	}
}

/* Takes what an eventfd has to say, that it can say it again. */
static void hear(struct watch *watch)
{
	uint64_t times;

	if (watch->interest == EPOLLIN && read(watch->fd, &times, sizeof times) > 0)
		watch->looks = LOOKS;
}

void watches_event(struct watches *watches, uint64_t data, uint64_t now)
{
	uint64_t index = data & ~WATCH_EVENT;

	if (index >= watches->count)
		return;
	hear(&watches->items[index]);
	if (watches->items[index].keys == NULL || has_grown(&watches->items[index]))
		happen(&watches->items[index], now);
	else
		watches->items[index].look_at = now + DEAF_MS;
}

static void look(struct watches *watches, struct watch *watch, uint64_t now)
{
	if (has_grown(watch)) {
		happen(watch, now);
		return;
	}
	arm(watches, watch, EPOLL_CTL_MOD);
	if (watch->looks > 0) {
		watch->look_at = now + ((uint64_t)DEAF_MS << (LOOKS - watch->looks));
		watch->looks--;
	}
}

void watches_look(struct watches *watches, uint64_t now)
{
	for (size_t i = 0; i < watches->count; i++)
		if (watches->items[i].look_at != 0 && watches->items[i].look_at <= now)
			look(watches, &watches->items[i], now);
}

int watches_patience(const struct watches *watches, uint64_t now)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < watches->count; i++)
		if (watches->items[i].look_at != 0 && watches->items[i].look_at < first)
			first = watches->items[i].look_at;
	if (first == UINT64_MAX)
		return -1;
	if (first <= now)
		return 0;
	return first - now < INT_MAX ? (int)(first - now) : INT_MAX;
}

static bool is_among(const char *path, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(paths[i], path) == 0)
			return true;
	return false;
}

size_t watches_happened(const struct watches *watches, const char *paths[WATCHES_MAX + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < watches->count; i++)
		if (watches->items[i].happened && !is_among(watches->items[i].path, paths, count))
			paths[count++] = watches->items[i].path;
	paths[count] = NULL;
	return count;
}

void watches_told(struct watches *watches)
{
	for (size_t i = 0; i < watches->count; i++)
		watches->items[i].happened = false;
}

static void close_watch(const struct watches *watches, const struct watch *watch)
{
	/* Closing alone leaves it there while a child that was just forked has not executed yet. */
	if (watch->fd >= 0)
		(void)epoll_ctl(watches->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	if (watch->counters >= 0 && watch->counters != watch->fd)
		close(watch->counters);
	if (watch->fd >= 0)
		close(watch->fd);
}

static int write_last_counts(const struct watches *watches, int run_directory_fd)
{
	const char *happened[WATCHES_MAX + 1], *counted[WATCHES_MAX + 1] = { NULL };

	watches_happened(watches, happened);
	for (size_t i = 0; i < watches->count; i++)
		counted[i] = watches->items[i].path;
	return last_counts_write(run_directory_fd, happened, counted);
}

void watches_end(struct watches *watches, int run_directory_fd)
{
	bool anything = false;

	for (size_t i = 0; i < watches->count; i++) {
		struct watch *watch = &watches->items[i];

		watch->happened |= has_grown(watch);
		anything |= watch->happened || watch->seen > 0;
	}
	if (anything)
		/* On a full disk the machine still ends; then it is not known what its limits did at last. */
		(void)write_last_counts(watches, run_directory_fd);
	for (size_t i = 0; i < watches->count; i++)
		close_watch(watches, &watches->items[i]);
	watches->count = 0;
}
