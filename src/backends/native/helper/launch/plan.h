/* A decoded plan, checked as a whole before anything of it is done. */
#ifndef TSMACHINE_PLAN_H
#define TSMACHINE_PLAN_H

#include <stdbool.h>

#include "records.h"

enum section { SECTION_MACHINE, SECTION_OUTSIDE, SECTION_INSIDE, SECTION_COUNT };

/* The operations of one section; a record's place here is its `index` in a report. */
struct operations {
	const struct record *items;
	size_t count;
};

struct plan {
	struct records records;
	const char *name;
	struct operations sections[SECTION_COUNT];
	const struct record *born_in; /* the cgroup-monitor that this process was born in; NULL: none */
};

extern const char *const section_names[SECTION_COUNT];

/*
 * Checks order, ranks, numbers and forms of arguments, and that the plan can end well (a mount and a pid namespace, one root,
 * one pivot, one exec at the end). NULL, or the reason of the refusal with *index the record's number in the stream.
 * Takes `records` over; on refusal they are freed.
 */
const char *plan_check(struct records *records, struct plan *plan, size_t *index);

/* Reads `fd` to its end, decodes and checks. */
const char *plan_read(int fd, struct plan *plan, size_t *index);

void plan_free(struct plan *plan);

bool is_operation(const struct record *record, const char *name);

/* First operation of that name in a section, or NULL. */
const struct record *plan_find(const struct plan *plan, enum section section, const char *name);

/* Whether it says what the monitor watches. */
bool is_watch(const struct record *record);

/* Whether `namespaces` names it. */
bool plan_has_namespace(const struct plan *plan, const char *name);

#endif
