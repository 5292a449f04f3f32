#include "setup.h"

#include <stdlib.h>
#include <string.h>

/* First room is measured, then the same walk fills it: the two cannot differ. */
struct arena {
	char **pointers; /* NULL while measuring */
	char *bytes;
	size_t pointer_count;
	size_t byte_count;
};

static char *copy_string(struct arena *arena, const char *string)
{
	size_t size = strlen(string) + 1;
	char *copy = NULL;

	if (arena->pointers != NULL)
		copy = memcpy(arena->bytes + arena->byte_count, string, size);
	arena->byte_count += size;
	return copy;
}

static char **append(struct arena *arena, char *string)
{
	char **place = NULL;

	if (arena->pointers != NULL) {
		place = &arena->pointers[arena->pointer_count];
		*place = string;
	}
	arena->pointer_count++;
	return place;
}

/* Argument 0 of every operation of that name. */
static struct path_list copy_paths(struct arena *arena, const struct plan *plan, const char *name)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];
	struct path_list list = { NULL, 0 };

	for (size_t i = 0; i < outside->count; i++) {
		char **place;

		if (!is_operation(&outside->items[i], name))
			continue;
		place = append(arena, copy_string(arena, outside->items[i].arguments[0]));
		if (list.count++ == 0)
			list.items = place;
	}
	return list;
}

static char *const *copy_arguments(struct arena *arena, const struct record *record)
{
	char **first = NULL;

	if (record == NULL)
		return NULL;
	for (size_t i = 0; i < record->count; i++) {
		char **place = append(arena, copy_string(arena, record->arguments[i]));

		first = i == 0 ? place : first;
	}
	append(arena, NULL);
	return first;
}

static const char *copy_argument(struct arena *arena, const struct plan *plan, enum section section, const char *name)
{
	const struct record *record = plan_find(plan, section, name);

	return record == NULL ? NULL : copy_string(arena, record->arguments[0]);
}

static void copy_watches(struct monitor_setup *setup, struct arena *arena, const struct plan *plan)
{
	const struct operations *machine = &plan->sections[SECTION_MACHINE];

	for (size_t i = 0; i < machine->count && setup->watch_count < WATCHES_MAX; i++) {
		const struct record *record = &machine->items[i];

		if (!is_watch(record))
			continue;
		setup->watches[setup->watch_count++] = (struct watch_setup){
			.operation = copy_string(arena, record->name),
			.arguments = copy_arguments(arena, record),
		};
	}
}

static void fill(struct monitor_setup *setup, struct arena *arena, const struct plan *plan)
{
	const struct record *log = plan_find(plan, SECTION_MACHINE, "console-log");

	*setup = (struct monitor_setup){
		.name = copy_string(arena, plan->name),
		.run_directory = copy_argument(arena, plan, SECTION_MACHINE, "run-directory"),
		.run_directory_fd = -1,
		.lock_fd = -1,
		.console_log = copy_argument(arena, plan, SECTION_MACHINE, "console-log"),
		.console_log_bytes = log == NULL ? 0 : strtoull(log->arguments[1], NULL, 10),
		.exit_record = copy_argument(arena, plan, SECTION_MACHINE, "exit-record"),
		.on_exit = copy_arguments(arena, plan_find(plan, SECTION_MACHINE, "on-exit")),
		.on_terminate = copy_arguments(arena, plan_find(plan, SECTION_MACHINE, "on-terminate")),
		.on_event = copy_arguments(arena, plan_find(plan, SECTION_MACHINE, "on-event")),
		.payload_cgroups = copy_paths(arena, plan, "cgroup-payload"),
		.cgroup_kill = copy_argument(arena, plan, SECTION_OUTSIDE, "cgroup-kill"),
		.console_master = -1,
		.notify_socket = -1,
		.init_pidfd = -1,
	};
	copy_watches(setup, arena, plan);
}

struct monitor_setup *setup_copy(const struct plan *plan)
{
	struct arena arena = { 0 };
	struct monitor_setup *setup;
	struct monitor_setup measured;

	fill(&measured, &arena, plan);
	setup = malloc(sizeof *setup + arena.pointer_count * sizeof(char *) + arena.byte_count);
	if (setup == NULL)
		return NULL;
	arena.pointers = (char **)(setup + 1);
	arena.bytes = (char *)(arena.pointers + arena.pointer_count);
	arena.pointer_count = 0;
	arena.byte_count = 0;
	fill(setup, &arena, plan);
	return setup;
}
