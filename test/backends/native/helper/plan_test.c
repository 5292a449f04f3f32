#include "plan.h"

#include "check.h"
#include "plan_text.h"
#include "records_text.h"
#include "setup.h"
#include "watches.h"

/* The verdict on the fine plan with line `at` replaced (NULL: taken out) or, if `insert`, with `line` before it. */
static const char *verdict(size_t at, const char *line, bool insert, size_t *index)
{
	const char *lines[FINE_LINES + 1];
	struct records records;
	struct plan plan;
	size_t count = 0;
	size_t length;
	const char *reason;
	char *bytes;

	for (size_t i = 0; i < FINE_LINES; i++) {
		if (i == at && line != NULL)
			lines[count++] = line;
		if (i != at || insert)
			lines[count++] = fine_plan[i];
	}
	bytes = records_bytes(lines, count, &length);
	reason = records_decode(bytes, length, &records, index);
	if (reason == NULL)
		reason = plan_check(&records, &plan, index);
	if (reason == NULL)
		plan_free(&plan);
	return reason;
}

static size_t line_of(const char *start)
{
	for (size_t i = 0; i < FINE_LINES; i++) {
		if (strncmp(fine_plan[i], start, strlen(start)) == 0)
			return i;
	}
	CHECK(!"the fine plan has no such line");
	return 0;
}

static const char *with(const char *start, const char *line)
{
	size_t index;

	return verdict(line_of(start), line, false, &index);
}

static const char *inserted_before(const char *start, const char *line)
{
	size_t index;

	return verdict(line_of(start), line, true, &index);
}

static const char *without(const char *start)
{
	return with(start, NULL);
}

static void the_fine_plan_passes(void)
{
	size_t index;

	CHECK_TEXT(verdict(FINE_LINES, NULL, false, &index), NULL);
}

static void a_plan_begins_with_its_version_and_name(void)
{
	CHECK_TEXT(with("plan", "plan 2 demo"), "this helper knows plans of version 1 only");
	CHECK_TEXT(with("plan", "plan 1 ../demo"), "the machine's name is malformed");
	CHECK_TEXT(with("plan", "plan 1 -demo"), "the machine's name is malformed");
	CHECK_TEXT(without("plan"), "a plan begins with `plan VERSION NAME`");
}

static void sections_come_in_their_order(void)
{
	CHECK_TEXT(without("section machine"), "an operation before the first section");
	CHECK(without("section outside") != NULL);
	CHECK(with("section inside", "section outside") != NULL);
	CHECK(inserted_before("end", "section inside") != NULL);
}

static void ranks_never_go_backwards(void)
{
	static const char reason[] = "the operation comes too late: ranks never go backwards";

	CHECK_TEXT(inserted_before("hostname", "mount proc /proc - -"), reason);
	CHECK_TEXT(inserted_before("environment", "capabilities 21"), reason);
	CHECK_TEXT(inserted_before("tree", "cgroup-create /sys/fs/cgroup/late"), reason);
}

static void a_refusal_names_the_record(void)
{
	size_t at = line_of("hostname");
	size_t index;

	CHECK(verdict(at, "mount proc /proc - -", true, &index) != NULL);
	CHECK(index == at);
}

static void an_operation_belongs_to_its_section(void)
{
	static const char reason[] = "no such operation in this section";

	CHECK_TEXT(inserted_before("cgroup-write", "mount proc /proc - -"), reason);
	CHECK_TEXT(inserted_before("mask", "overlay two plain /a /b"), reason);
	CHECK_TEXT(inserted_before("mask", "format-disk /dev/sda"), reason);
}

static void arguments_have_their_number(void)
{
	CHECK_TEXT(with("mask", "mask"), "arguments are missing");
	CHECK_TEXT(with("mask", "mask /a /b"), "there are too many arguments");
	CHECK_TEXT(with("overlay", "overlay root mapped /storage"), "arguments are missing");
	CHECK_TEXT(with("exec", "exec /sbin/init"), "arguments are missing");
	CHECK_TEXT(with("device /dev/fuse", "device /dev/fuse /dev/fuse optional more"), "there are too many arguments");
}

static void paths_are_absolute_and_go_nowhere_else(void)
{
	static const char reason[] = "an argument is malformed";

	CHECK_TEXT(with("mask", "mask proc/kcore"), reason);
	CHECK_TEXT(with("mask", "mask /proc/../etc"), reason);
	CHECK_TEXT(with("mask", "mask /.."), reason);
	CHECK_TEXT(with("mask", "mask /a/./b"), reason);
	CHECK_TEXT(with("mask", "mask /..."), NULL);
	CHECK_TEXT(with("mask", "mask /.hidden/..both"), NULL);
}

static void forms_are_checked(void)
{
	static const char reason[] = "an argument is malformed";

	CHECK_TEXT(with("mount proc", "mount proc /proc nosuid,suid -"), reason);
	CHECK_TEXT(with("mount proc", "mount proc /proc nosuid, -"), reason);
	CHECK_TEXT(with("directory", "directory /proc 0999"), reason);
	CHECK_TEXT(with("directory", "directory /proc 10000"), reason);
	CHECK_TEXT(with("id-map uid", "id-map pid 0 100000 65536"), reason);
	CHECK_TEXT(with("id-map uid", "id-map uid 0 100000 0"), reason);
	CHECK_TEXT(with("id-map uid", "id-map uid 0 4294967295 1"), reason);
	CHECK_TEXT(with("cgroup-delegate", "cgroup-delegate /sys/fs/cgroup/demo ../x"), reason);
	CHECK_TEXT(with("environment container", "environment container"), reason);
	CHECK_TEXT(with("environment container", "environment =demo"), reason);
	CHECK_TEXT(with("attach", "attach ../x /srv file"), reason);
}

static void what_is_watched_is_bounded_and_has_its_form(void)
{
	static const char malformed[] = "an argument is malformed", too_many[] = "more is to be watched than the monitor can";
	const char *lines[FINE_LINES + WATCHES_MAX];
	struct records records;
	struct plan plan;
	size_t at = line_of("count-file"), count = 0, length, index;

	CHECK_TEXT(with("watch-counters", "watch-counters /a inotify 1 1 1 max"), malformed);
	CHECK_TEXT(with("watch-counters", "watch-counters /a poll 1 0 1 max"), malformed);
	CHECK_TEXT(with("watch-counters", "watch-counters /a poll 1 1 99999999999 max"), malformed);
	CHECK_TEXT(with("watch-counters", "watch-counters /a poll 1 1 1"), "arguments are missing");
	CHECK_TEXT(with("watch-pressure", "watch-pressure /a 1 1 1 most 1 1"), malformed);
	CHECK_TEXT(inserted_before("count-file", "on-event /bin/true"), "more than one on-event");
	for (size_t i = 0; i < FINE_LINES; i++)
		for (size_t copy = 0; copy < (i == at ? WATCHES_MAX : 1); copy++)
			lines[count++] = fine_plan[i];
	char *bytes = records_bytes(lines, count, &length);
	CHECK_TEXT(records_decode(bytes, length, &records, &index), NULL);
	CHECK_TEXT(plan_check(&records, &plan, &index), too_many);
	CHECK(index == at + WATCHES_MAX - 3);
}

static void what_confines_is_checked_before_anything_runs(void)
{
	CHECK(with("rlimit", "rlimit nofiles 1 1") != NULL);
	CHECK(with("rlimit", "rlimit nofile -1 1") != NULL);
	CHECK(with("capabilities", "capabilities 64") != NULL);
	CHECK_TEXT(with("capabilities", "capabilities"), NULL);
	CHECK(with("apparmor", "apparmor") != NULL);
	CHECK(with("apparmor", "apparmor a,b") != NULL);
	CHECK_TEXT(with("apparmor", "apparmor lxc-container-default"), NULL);
	CHECK(with("seccomp", "seccomp 06") != NULL);
	CHECK(with("seccomp", "seccomp 060000000000ff7g") != NULL);
	CHECK(with("seccomp", "seccomp 060000000000FF7F") != NULL);
	CHECK(with("cgroup-devices", "cgroup-devices /sys/fs/cgroup/demo b70000000000000") != NULL);
	CHECK(with("cgroup-devices", "cgroup-devices /sys/fs/cgroup/demo b7000000000000") != NULL);
	CHECK(with("cgroup-devices", "cgroup-devices /sys/fs/cgroup/demo b700000000000000 extra") != NULL);
	CHECK(with("cgroup-devices", "cgroup-devices ../demo b700000000000000") != NULL);
	CHECK(with("cgroup-marks", "cgroup-marks /sys/fs/cgroup/demo b70000000000000") != NULL);
	CHECK_TEXT(with("cgroup-marks", "cgroup-marks /sys/fs/cgroup/demo b700000000000000"), NULL);
}

static void slots_are_made_once_and_before_they_are_used(void)
{
	CHECK_TEXT(with("attach", "attach bind-1 /srv directory"), "nothing makes this slot");
	CHECK_TEXT(with("tree", "tree root plain read-write /srv"), "the slot is made twice");
}

static void a_machine_has_its_own_mounts_and_processes(void)
{
	CHECK_TEXT(with("namespaces", "namespaces user mount time"), "a machine without its own mount and pid namespace");
	CHECK_TEXT(with("namespaces", "namespaces user pid time"), "a machine without its own mount and pid namespace");
	CHECK_TEXT(without("namespaces"), "one namespaces is needed");
}

static void own_ids_need_a_user_namespace(void)
{
	CHECK_TEXT(with("namespaces", "namespaces mount pid time"), "this needs a user namespace");
	CHECK_TEXT(with("namespaces", "namespaces user mount pid"), "this needs a time namespace");
}

static void a_plan_pivots_once_and_ends_with_one_exec(void)
{
	CHECK_TEXT(without("pivot-root"), "one pivot-root is needed");
	CHECK_TEXT(inserted_before("pivot-root", "pivot-root"), "one pivot-root is needed");
	CHECK_TEXT(without("root root"), "one root is needed");
	CHECK_TEXT(without("exec"), "one exec is needed");
	CHECK_TEXT(inserted_before("end", "environment A=b"), "exec is the last operation");
}

static void the_monitor_gets_its_own_copy_of_what_it_needs(void)
{
	size_t length, index;
	char *bytes = records_bytes(fine_plan, FINE_LINES, &length);
	struct records records;
	struct plan plan;
	struct monitor_setup *setup;

	CHECK_TEXT(records_decode(bytes, length, &records, &index), NULL);
	CHECK_TEXT(plan_check(&records, &plan, &index), NULL);
	setup = setup_copy(&plan);
	plan_free(&plan);
	CHECK_TEXT(setup->name, "demo");
	CHECK_TEXT(setup->run_directory, "/run/demo");
	CHECK(setup->console_log_bytes == 65536);
	CHECK_TEXT(setup->on_exit[1], "demo");
	CHECK(setup->on_exit[2] == NULL);
	CHECK_TEXT(setup->on_event[1], "event");
	CHECK(setup->watch_count == 4);
	CHECK_TEXT(setup->watches[2].operation, "watch-pressure");
	CHECK_TEXT(setup->watches[2].arguments[6], "2000000");
	CHECK(setup->watches[3].arguments[1] == NULL);
	CHECK(setup->payload_cgroups.count == 1);
	CHECK_TEXT(setup->payload_cgroups.items[0], "/sys/fs/cgroup/demo/payload");
	CHECK_TEXT(setup->cgroup_kill, "/sys/fs/cgroup/demo/payload");
	free(setup);
}

int main(void)
{
	RUN(the_fine_plan_passes);
	RUN(a_plan_begins_with_its_version_and_name);
	RUN(sections_come_in_their_order);
	RUN(ranks_never_go_backwards);
	RUN(a_refusal_names_the_record);
	RUN(an_operation_belongs_to_its_section);
	RUN(arguments_have_their_number);
	RUN(paths_are_absolute_and_go_nowhere_else);
	RUN(forms_are_checked);
	RUN(what_is_watched_is_bounded_and_has_its_form);
	RUN(what_confines_is_checked_before_anything_runs);
	RUN(slots_are_made_once_and_before_they_are_used);
	RUN(a_machine_has_its_own_mounts_and_processes);
	RUN(own_ids_need_a_user_namespace);
	RUN(a_plan_pivots_once_and_ends_with_one_exec);
	RUN(the_monitor_gets_its_own_copy_of_what_it_needs);
	return 0;
}
