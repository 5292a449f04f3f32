/* `merge UPPER LOWER`: says how far it is, a line `done N` at most each 100 ms. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "merge.h"
#include "tree.h"

enum { MS_BETWEEN = 100 };

struct progress {
	uint64_t done;
	int64_t told_ms;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void tell(void *context)
{
	struct progress *progress = context;
	int64_t now = now_ms();

	progress->done++;
	if (now - progress->told_ms < MS_BETWEEN)
		return;
	progress->told_ms = now;
	printf("done %" PRIu64 "\n", progress->done);
	fflush(stdout);
}

int merge_main(int argc, char **argv)
{
	struct progress progress = { .told_ms = now_ms() };
	const struct changes changes = { tell, &progress };
	struct failure failure;
	const char *place = argv[1];
	int upper, lower = -1;

	if (argc != 3)
		return TREE_USAGE;
	upper = tree_open(AT_FDCWD, argv[1], &failure);
	if (upper >= 0) {
		lower = tree_open(AT_FDCWD, argv[2], &failure);
		place = lower < 0 ? argv[2] : argv[1];
	}
	if (lower < 0 || merge_layers(upper, lower, &changes, &failure) < 0) {
		report_failure(STDERR_FILENO, &failure, place);
		return TREE_FAILED;
	}
	printf("done %" PRIu64 "\n", progress.done);
	return 0;
}
