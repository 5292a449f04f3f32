/* Places on disk that several files may hold. */
#ifndef TSMACHINE_RANGES_H
#define TSMACHINE_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "extents.h"

struct ranges {
	struct extent *items;
	size_t count;
	size_t room;
};

/* 0, or -1 with ENOMEM. */
int ranges_add(struct ranges *ranges, const struct extent *extent);

/* -1 with errno ends it. */
typedef int ranges_take(void *context, uint64_t physical, uint64_t length);

/* Every place once, however many ranges it is in; it is cut where any of them begins or ends. 0, or -1 with errno. */
int ranges_each(struct ranges *ranges, ranges_take *take, void *context);

void ranges_free(struct ranges *ranges);

#endif
