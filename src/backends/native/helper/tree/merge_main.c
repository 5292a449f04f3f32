/* `merge UPPER LOWER [DEEPER...]` or `merge --lowest UPPER LOWER`: says how far it is, a line `done N` at most each 100 ms. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
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

static int merge(char **layers, const struct merge_ground *ground)
{
	struct progress progress = { .told_ms = now_ms() };
	const struct changes changes = { tell, &progress };
	struct failure failure;
	const char *place = layers[0];
	int upper, lower = -1;

	upper = tree_open(AT_FDCWD, layers[0], &failure);
	if (upper >= 0) {
		lower = tree_open(AT_FDCWD, layers[1], &failure);
		place = lower < 0 ? layers[1] : layers[0];
	}
	if (lower < 0 || merge_layers(upper, lower, ground, &changes, &failure) < 0) {
		report_failure(STDERR_FILENO, &failure, place);
		return TREE_FAILED;
	}
	printf("done %" PRIu64 "\n", progress.done);
	return 0;
}

int merge_main(int argc, char **argv)
{
	struct merge_ground ground = { .none = argc > 1 && strcmp(argv[1], "--lowest") == 0 };
	char **layers = argv + 1 + ground.none;
	size_t count = (size_t)(argc - (layers - argv));
	struct failure failure;
	size_t failed = 0;
	int code;

	if (count < 2 || (ground.none && count > 2))
		return TREE_USAGE;
	if (count > 2)
		ground.layers = stack_open(layers + 2, count - 2, &failed);
	if (count > 2 && ground.layers == NULL) {
		fail(&failure, "open", layers[2 + failed]);
		report_failure(STDERR_FILENO, &failure, layers[2 + failed]);
		return TREE_FAILED;
	}
	code = merge(layers, &ground);
	if (ground.layers != NULL)
		stack_close(ground.layers);
	return code;
}
