/* `remove [--total-after MS] PATH... [--then LATER...]`: deletes trees, and says how far it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "remove.h"
#include "scan.h"
#include "telling.h"
#include "tree.h"

/* What is deleted, and what the caller will have deleted after it. */
struct removal {
	struct telling telling;
	char **left; /* from the one that is being deleted */
	char **end;
	char **later;
	char **later_end;
	long total_after_ms; /* -1: nobody wants to know */
};

static int add_all(char **from, char **end, struct blocks *blocks)
{
	struct failure failure;

	for (; from < end; from++) {
		if (scan_name(AT_FDCWD, *from, blocks, &failure) < 0)
			return -1;
	}
	return 0;
}

/* Only of what takes long, and by who deletes: so it is exact, and what is quick looks at nothing twice. */
static void tell_total(struct removal *removal)
{
	struct blocks blocks = BLOCKS_EMPTY;

	removal->total_after_ms = -1;
	if (add_all(removal->left, removal->end, &blocks) == 0 && add_all(removal->later, removal->later_end, &blocks) == 0)
		telling_total(removal->telling.done + blocks.bytes);
	blocks_free(&blocks);
}

static void tell(void *context, uint64_t bytes)
{
	struct removal *removal = context;

	telling_add(&removal->telling, bytes);
	if (removal->total_after_ms >= 0 && telling_since(&removal->telling) >= removal->total_after_ms)
		tell_total(removal);
}

static int remove_all(struct removal *removal)
{
	const struct changes changes = { .freed = tell, .context = removal };
	struct failure failure;

	for (; removal->left < removal->end; removal->left++) {
		if (remove_tree(AT_FDCWD, *removal->left, &changes, &failure) < 0) {
			report_failure(STDERR_FILENO, &failure, *removal->left);
			return TREE_FAILED;
		}
	}
	telling_end(&removal->telling);
	return 0;
}

int remove_main(int argc, char **argv)
{
	bool wants_total = argc > 2 && strcmp(argv[1], "--total-after") == 0;
	struct removal removal = {
		.telling = telling_begin(),
		.left = argv + (wants_total ? 3 : 1),
		.end = argv + argc,
		.later = argv + argc,
		.later_end = argv + argc,
		.total_after_ms = wants_total ? atol(argv[2]) : -1,
	};

	for (char **word = removal.left; word < argv + argc && removal.end == argv + argc; word++) {
		if (strcmp(*word, "--then") == 0) {
			removal.end = word;
			removal.later = word + 1;
		}
	}
	return removal.left >= removal.end ? TREE_USAGE : remove_all(&removal);
}
