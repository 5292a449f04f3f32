/* A request to run a command in a merged tree, as decoded from the records of `view` (docs/launch-plan.md). */
#ifndef TSMACHINE_VIEW_H
#define TSMACHINE_VIEW_H

#include "records.h"

enum { VIEW_MAX_LAYERS = 500 /* OVL_MAX_STACK of the kernel */ };

struct view {
	const struct record *overlay; /* layers, top first */
	const char *at;
	char **argv;
};

/* NULL, or what is malformed. Strings point into `records`. */
const char *view_parse(const struct records *records, struct view *view);

#endif
