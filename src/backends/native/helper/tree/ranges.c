#include "ranges.h"

#include <stdlib.h>

int ranges_add(struct ranges *ranges, const struct extent *extent)
{
	if (ranges->count == ranges->room) {
		size_t room = ranges->room == 0 ? 1024 : ranges->room * 2;
		struct extent *larger = realloc(ranges->items, room * sizeof *larger);

		if (larger == NULL)
			return -1;
		ranges->items = larger;
		ranges->room = room;
	}
	ranges->items[ranges->count++] = *extent;
	return 0;
}

static int compare(uint64_t left, uint64_t right)
{
	return (left > right) - (left < right);
}

static int in_order(const void *left, const void *right)
{
	const struct extent *one = left, *other = right;
	int order = one->compressed - other->compressed;

	if (order == 0)
		order = compare(one->physical, other->physical);
	return order == 0 ? compare(one->length, other->length) : order;
}

/* What was compressed together has one beginning; where it ends on disk nobody says. The longest of them comes last. */
static int each_compressed(const struct ranges *ranges, size_t at, ranges_take *take, void *context)
{
	for (; at < ranges->count; at++) {
		const struct extent *extent = &ranges->items[at];

		if (at + 1 < ranges->count && ranges->items[at + 1].physical == extent->physical)
			continue;
		if (take(context, extent->physical, extent->length) < 0)
			return -1;
	}
	return 0;
}

static int compare_edges(const void *left, const void *right)
{
	return compare(*(const uint64_t *)left, *(const uint64_t *)right);
}

/* The first `count` are in order of their beginnings: between two edges is a place if one that began ends later. */
static int each_plain(const struct ranges *ranges, size_t count, uint64_t *edges, ranges_take *take, void *context)
{
	uint64_t covered = 0;
	size_t next = 0;

	for (size_t i = 0; i < count; i++) {
		edges[2 * i] = ranges->items[i].physical;
		edges[2 * i + 1] = ranges->items[i].physical + ranges->items[i].length;
	}
	qsort(edges, 2 * count, sizeof *edges, compare_edges);
	for (size_t i = 0; i + 1 < 2 * count; i++) {
		for (; next < count && ranges->items[next].physical <= edges[i]; next++) {
			uint64_t end = ranges->items[next].physical + ranges->items[next].length;

			covered = end > covered ? end : covered;
		}
		if (edges[i] < edges[i + 1] && edges[i] < covered && take(context, edges[i], edges[i + 1] - edges[i]) < 0)
			return -1;
	}
	return 0;
}

int ranges_each(struct ranges *ranges, ranges_take *take, void *context)
{
	uint64_t *edges;
	size_t plain = 0;
	int result;

	if (ranges->count == 0)
		return 0;
	qsort(ranges->items, ranges->count, sizeof *ranges->items, in_order);
	while (plain < ranges->count && !ranges->items[plain].compressed)
		plain++;
	edges = calloc(2 * plain + 1, sizeof *edges);
	if (edges == NULL)
		return -1;
	result = each_plain(ranges, plain, edges, take, context);
	free(edges);
	return result < 0 ? -1 : each_compressed(ranges, plain, take, context);
}

void ranges_free(struct ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct ranges){ 0 };
}
