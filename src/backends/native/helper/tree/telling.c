#include "telling.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum { MS_BETWEEN = 100 };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct telling telling_begin(void)
{
	int64_t now = now_ms();

	return (struct telling){ .began_ms = now, .told_ms = now };
}

void telling_add(struct telling *telling, uint64_t amount)
{
	int64_t now = now_ms();

	telling->done += amount;
	if (now - telling->told_ms < MS_BETWEEN)
		return;
	telling->told_ms = now;
	telling_end(telling);
	fflush(stdout);
}

void telling_total(uint64_t total)
{
	printf("total %" PRIu64 "\n", total);
	fflush(stdout);
}

int64_t telling_since(const struct telling *telling)
{
	return now_ms() - telling->began_ms;
}

void telling_end(const struct telling *telling)
{
	printf("done %" PRIu64 "\n", telling->done);
}
