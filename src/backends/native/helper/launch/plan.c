#include "plan.h"

#include <string.h>

#include "confine.h"
#include "forms.h"
#include "watches.h"

const char *const section_names[SECTION_COUNT] = { "machine", "outside", "inside" };

bool is_operation(const struct record *record, const char *name)
{
	return strcmp(record->name, name) == 0;
}

bool is_watch(const struct record *record)
{
	return is_operation(record, "watch-counters") || is_operation(record, "watch-pressure") || is_operation(record, "count-file");
}

static size_t count_operation(const struct plan *plan, enum section section, const char *name)
{
	size_t found = 0;

	for (size_t i = 0; i < plan->sections[section].count; i++)
		found += is_operation(&plan->sections[section].items[i], name);
	return found;
}

const struct record *plan_find(const struct plan *plan, enum section section, const char *name)
{
	for (size_t i = 0; i < plan->sections[section].count; i++) {
		if (is_operation(&plan->sections[section].items[i], name))
			return &plan->sections[section].items[i];
	}
	return NULL;
}

bool plan_has_namespace(const struct plan *plan, const char *name)
{
	const struct record *namespaces = plan_find(plan, SECTION_OUTSIDE, "namespaces");

	for (size_t i = 0; namespaces != NULL && i < namespaces->count; i++) {
		if (strcmp(namespaces->arguments[i], name) == 0)
			return true;
	}
	return false;
}

/* As cli.md: a host name label. It becomes a directory's name, so nothing else may pass. */
static bool is_machine_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t length = strlen(name);

	return length > 0 && length <= 63 && strspn(name, allowed) == length && name[0] != '-';
}

static const char *check_header(const struct records *records, struct plan *plan)
{
	const struct record *first = records->items;

	if (records->count == 0 || !is_operation(first, "plan") || first->count != 2)
		return "a plan begins with `plan VERSION NAME`";
	if (strcmp(first->arguments[0], "1") != 0)
		return "this helper knows plans of version 1 only";
	if (!is_machine_name(first->arguments[1]))
		return "the machine's name is malformed";
	plan->name = first->arguments[1];
	return NULL;
}

/* `section NAME` of the section that comes next. */
static bool opens_section(const struct record *record, enum section section)
{
	return section < SECTION_COUNT && is_operation(record, "section") && record->count == 1 &&
	       strcmp(record->arguments[0], section_names[section]) == 0;
}

static const char *check_operation(const struct record *record, enum section section, int *rank)
{
	const struct form *form = form_find(section, record->name);
	const char *reason;

	if (form == NULL)
		return "no such operation in this section";
	if (form->rank < *rank)
		return "the operation comes too late: ranks never go backwards";
	*rank = form->rank;
	reason = form_check(form, record);
	return reason != NULL ? reason : confine_check(record);
}

static const char *check_sections(const struct records *records, struct plan *plan, size_t *index)
{
	enum section section = SECTION_COUNT; /* none yet */
	int rank = 0;

	for (size_t i = 1; i < records->count; i++) {
		const struct record *record = &records->items[i];
		enum section next = section == SECTION_COUNT ? SECTION_MACHINE : section + 1;
		const char *reason;

		*index = i;
		if (opens_section(record, next)) {
			section = next;
			rank = 0;
			plan->sections[section].items = record + 1;
			continue;
		}
		if (section == SECTION_COUNT)
			return "an operation before the first section";
		reason = check_operation(record, section, &rank);
		if (reason != NULL)
			return reason;
		plan->sections[section].count++;
	}
	*index = records->count;
	return section == SECTION_INSIDE ? NULL : "a section is missing";
}

/* How often an operation may stand in a plan. */
static const struct {
	enum section section;
	const char *operation;
	size_t least, most;
	const char *reason;
} counts[] = {
	{ SECTION_MACHINE, "run-directory", 1, 1, "one run-directory is needed" },
	{ SECTION_MACHINE, "plan-file", 1, 1, "one plan-file is needed" },
	{ SECTION_MACHINE, "console-log", 0, 1, "more than one console-log" },
	{ SECTION_MACHINE, "exit-record", 0, 1, "more than one exit-record" },
	{ SECTION_MACHINE, "on-exit", 0, 1, "more than one on-exit" },
	{ SECTION_MACHINE, "on-event", 0, 1, "more than one on-event" },
	{ SECTION_OUTSIDE, "cgroup-kill", 0, 1, "more than one cgroup-kill" },
	{ SECTION_OUTSIDE, "namespaces", 1, 1, "one namespaces is needed" },
	{ SECTION_INSIDE, "root", 1, 1, "one root is needed" },
	{ SECTION_INSIDE, "pivot-root", 1, 1, "one pivot-root is needed" },
	{ SECTION_INSIDE, "console", 0, 1, "more than one console" },
	{ SECTION_INSIDE, "notify-socket", 0, 1, "more than one notify-socket" },
	{ SECTION_INSIDE, "exec", 1, 1, "one exec is needed" },
};

static const char *check_counts(const struct plan *plan)
{
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		size_t found = count_operation(plan, counts[i].section, counts[i].operation);

		if (found < counts[i].least || found > counts[i].most)
			return counts[i].reason;
	}
	return NULL;
}

/* Whether an overlay or tree before (of the first `limit` outside operations) makes the slot. */
static bool makes_slot(const struct plan *plan, size_t limit, const char *slot)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];

	for (size_t i = 0; i < limit; i++) {
		const struct record *record = &outside->items[i];

		if ((is_operation(record, "overlay") || is_operation(record, "tree")) &&
		    strcmp(record->arguments[0], slot) == 0)
			return true;
	}
	return false;
}

/* `mapped`, `id-map` and `cgroup-delegate` speak of the machine's own ids. */
static bool needs_user_namespace(const struct record *record)
{
	if (is_operation(record, "id-map") || is_operation(record, "cgroup-delegate"))
		return true;
	return (is_operation(record, "overlay") || is_operation(record, "tree")) &&
	       strcmp(record->arguments[1], "mapped") == 0;
}

static const char *check_outside(const struct plan *plan, size_t *index)
{
	const struct operations *outside = &plan->sections[SECTION_OUTSIDE];
	bool user = plan_has_namespace(plan, "user");
	size_t unified = 0;

	for (size_t i = 0; i < outside->count; i++) {
		const struct record *record = &outside->items[i];

		*index = (size_t)(record - plan->records.items);
		if (needs_user_namespace(record) && !user)
			return "this needs a user namespace";
		if (is_operation(record, "clock-zero") && !plan_has_namespace(plan, "time"))
			return "this needs a time namespace";
		if ((is_operation(record, "overlay") || is_operation(record, "tree")) &&
		    makes_slot(plan, i, record->arguments[0]))
			return "the slot is made twice";
		if (is_operation(record, "cgroup-payload") && strcmp(record->arguments[1], "unified") == 0 && ++unified > 1)
			return "a process is born in one unified cgroup only";
	}
	return NULL;
}

static const char *check_inside(const struct plan *plan, size_t *index)
{
	const struct operations *inside = &plan->sections[SECTION_INSIDE];

	for (size_t i = 0; i < inside->count; i++) {
		const struct record *record = &inside->items[i];

		*index = (size_t)(record - plan->records.items);
		if ((is_operation(record, "root") || is_operation(record, "attach")) &&
		    !makes_slot(plan, plan->sections[SECTION_OUTSIDE].count, record->arguments[0]))
			return "nothing makes this slot";
		if (is_operation(record, "exec") && i + 1 != inside->count)
			return "exec is the last operation";
	}
	return NULL;
}

static const char *check_watches(const struct plan *plan, size_t *index)
{
	const struct operations *machine = &plan->sections[SECTION_MACHINE];
	size_t watches = 0;

	for (size_t i = 0; i < machine->count; i++) {
		*index = (size_t)(&machine->items[i] - plan->records.items);
		if (is_watch(&machine->items[i]) && ++watches > WATCHES_MAX)
			return "more is to be watched than the monitor can";
	}
	*index = plan->records.count;
	return NULL;
}

static const char *check_whole(const struct plan *plan, size_t *index)
{
	const char *reason = check_counts(plan);

	*index = plan->records.count;
	if (reason != NULL)
		return reason;
	/* Without them pivot_root would turn the host's own root, and a machine's death would leave processes. */
	if (!plan_has_namespace(plan, "mount") || !plan_has_namespace(plan, "pid"))
		return "a machine without its own mount and pid namespace";
	reason = check_watches(plan, index);
	if (reason == NULL)
		reason = check_outside(plan, index);
	return reason != NULL ? reason : check_inside(plan, index);
}

const char *plan_check(struct records *records, struct plan *plan, size_t *index)
{
	const char *reason;

	*plan = (struct plan){ .records = *records };
	*records = (struct records){ 0 };
	*index = 0;
	reason = check_header(&plan->records, plan);
	if (reason == NULL)
		reason = check_sections(&plan->records, plan, index);
	if (reason == NULL)
		reason = check_whole(plan, index);
	if (reason != NULL)
		plan_free(plan);
	return reason;
}

const char *plan_read(int fd, struct plan *plan, size_t *index)
{
	struct records records;
	const char *reason = records_read(fd, &records, index);

	*plan = (struct plan){ 0 };
	return reason != NULL ? reason : plan_check(&records, plan, index);
}

void plan_free(struct plan *plan)
{
	records_free(&plan->records);
	*plan = (struct plan){ 0 };
}
