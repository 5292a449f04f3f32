/* `merge UPPER LOWER [DEEPER...]` or `merge --lowest UPPER LOWER`: says how far it is. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "merge.h"
#include "telling.h"
#include "tree.h"

static void tell(void *context, uint64_t bytes)
{
	(void)bytes;
	telling_add(context, 1);
}

static void tell_total(void *context, uint64_t entries)
{
	(void)context;
	telling_total(entries);
}

static int merge(char **layers, const struct merge_ground *ground)
{
	struct telling telling = telling_begin();
	const struct changes changes = { .context = &telling, .freed = tell, .expected = tell_total };
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
	telling_end(&telling);
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
