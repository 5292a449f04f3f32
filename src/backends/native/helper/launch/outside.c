#include "outside.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "group_program.h"
#include "idmap.h"
#include "kernel_file.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/*
 * Of those that clone3(2) makes. Not here: `mount` and `cgroup`, which init-to-be unshares itself once its slots are attached and
 * it is in its cgroup; `time`, which only children of a process that unshared it are in.
 */
static uint64_t clone_flag(const char *namespace)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} flags[] = {
		{ "user", CLONE_NEWUSER }, { "pid", CLONE_NEWPID }, { "network", CLONE_NEWNET },
		{ "uts", CLONE_NEWUTS },   { "ipc", CLONE_NEWIPC },
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (strcmp(flags[i].name, namespace) == 0)
			return flags[i].flag;
	}
	return 0;
}

static int enter_time(struct birth *birth, struct failure *failure)
{
	birth->host_time = open("/proc/self/ns/time", O_RDONLY | O_CLOEXEC);
	if (birth->host_time < 0)
		return fail(failure, "open", "/proc/self/ns/time");
	return unshare(CLONE_NEWTIME) < 0 ? fail(failure, "unshare", "time") : 0;
}

void outside_leave_time(struct birth *birth)
{
	if (birth->host_time < 0)
		return;
	/* Harmless if it fails: on-exit would see another boottime, nothing else. */
	(void)setns(birth->host_time, CLONE_NEWTIME);
	close(birth->host_time);
	birth->host_time = -1;
}

static int set_namespaces(const struct record *record, struct birth *birth, struct failure *failure)
{
	for (size_t i = 0; i < record->count; i++) {
		birth->namespaces |= clone_flag(record->arguments[i]);
		if (strcmp(record->arguments[i], "time") == 0 && enter_time(birth, failure) < 0)
			return -1;
	}
	return 0;
}

/* The offset that makes a clock of the new time namespace read 0 now: time_namespaces(7). */
static int offset_line(char *line, size_t size, const char *name, clockid_t clock)
{
	struct timespec now;
	long seconds, nanoseconds;

	clock_gettime(clock, &now);
	/* The nanoseconds of an offset are never negative. */
	seconds = -(long)now.tv_sec - (now.tv_nsec > 0);
	nanoseconds = now.tv_nsec > 0 ? 1000000000L - now.tv_nsec : 0;
	return snprintf(line, size, "%s %ld %ld\n", name, seconds, nanoseconds);
}

static int zero_clocks(struct failure *failure)
{
	static const char path[] = "/proc/self/timens_offsets";
	char lines[160];
	size_t length = (size_t)offset_line(lines, sizeof lines, "monotonic", CLOCK_MONOTONIC);

	length += (size_t)offset_line(lines + length, sizeof lines - length, "boottime", CLOCK_BOOTTIME);
	return kernel_file_write(path, lines, length, failure);
}

static int join_as_monitor(const char *path, struct failure *failure)
{
	return cgroup_create(path, failure) < 0 ? -1 : cgroup_join(path, 0, failure);
}

/* Whether the group is the machine's own, not one that it shares. */
static bool is_payload(const struct plan *plan, const char *path)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];

	for (size_t i = 0; i < outside->count; i++)
		if (is_operation(&outside->items[i], "cgroup-payload") && strcmp(outside->items[i].arguments[0], path) == 0)
			return true;
	return false;
}

static int make_group(const struct plan *plan, const char *path, struct failure *failure)
{
	return is_payload(plan, path) ? cgroup_create_anew(path, failure) : cgroup_create(path, failure);
}

/* What depends on how the kernel was made may be left out. */
static int write_group(const struct record *record, struct failure *failure)
{
	int result = cgroup_write(record->arguments[0], record->arguments[1], failure);

	return result < 0 && record->count > 2 && failure->number == ENOENT ? 0 : result;
}

static int do_before_birth(const struct plan *plan, const struct record *record, struct birth *birth, struct failure *failure)
{
	char **arguments = record->arguments;

	if (is_operation(record, "cgroup-create"))
		return make_group(plan, arguments[0], failure);
	if (is_operation(record, "cgroup-write"))
		return write_group(record, failure);
	if (is_operation(record, "cgroup-devices"))
		return group_program_put(GROUP_DEVICES, arguments[0], arguments[1], failure);
	if (is_operation(record, "cgroup-marks"))
		return group_program_put(GROUP_MARKS, arguments[0], arguments[1], failure);
	if (is_operation(record, "cgroup-monitor"))
		return join_as_monitor(arguments[0], failure);
	if (is_operation(record, "cgroup-payload") && !birth->moves && strcmp(arguments[1], "unified") == 0)
		return (birth->cgroup = cgroup_open(arguments[0], failure)) < 0 ? -1 : 0;
	if (is_operation(record, "namespaces"))
		return set_namespaces(record, birth, failure);
	if (is_operation(record, "clock-zero"))
		return zero_clocks(failure);
	return 0;
}

int outside_before_birth(const struct plan *plan, struct birth *birth, size_t *index, struct failure *failure)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];

	for (*index = 0; *index < outside->count; (*index)++) {
		const struct record *record = &outside->items[*index];

		if (record != plan->born_in && do_before_birth(plan, record, birth, failure) < 0)
			return -1;
	}
	return 0;
}

struct after {
	const struct plan *plan;
	const struct birth *birth;
	const struct staging *staging;
	int userns;
	bool mapped; /* the id maps were written: the kernel takes them once */
};

static int write_maps(struct after *after, struct failure *failure)
{
	if (after->mapped)
		return 0;
	after->mapped = true;
	return idmap_write(after->plan, after->birth->pid, failure);
}

static int make_slot(struct after *after, const struct record *record, struct failure *failure)
{
	if (after->userns < 0 && strcmp(record->arguments[1], "mapped") == 0) {
		after->userns = idmap_namespace(after->birth->pid, failure);
		if (after->userns < 0)
			return -1;
	}
	return overlay_make_slot(after->staging, after->plan, record, after->userns, failure);
}

static int do_after_birth(struct after *after, const struct record *record, struct failure *failure)
{
	if (is_operation(record, "cgroup-payload") && (after->birth->moves || strcmp(record->arguments[1], "legacy") == 0))
		return cgroup_join(record->arguments[0], after->birth->pid, failure);
	if (is_operation(record, "id-map"))
		return write_maps(after, failure);
	if (is_operation(record, "cgroup-delegate"))
		return cgroup_delegate(record, idmap_root(after->plan), failure);
	if (is_operation(record, "overlay") || is_operation(record, "tree"))
		return make_slot(after, record, failure);
	return 0;
}

int outside_after_birth(const struct plan *plan, const struct birth *birth, const struct staging *staging, size_t *index,
			struct failure *failure)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];
	struct after after = { .plan = plan, .birth = birth, .staging = staging, .userns = -1 };
	int result = 0;

	for (*index = 0; *index < outside->count && result == 0; *index += result == 0)
		result = do_after_birth(&after, &outside->items[*index], failure);
	if (after.userns >= 0)
		close(after.userns);
	return result;
}
