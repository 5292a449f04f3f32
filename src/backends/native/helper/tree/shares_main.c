/* `shares PATH...`: how much trees take by themselves, and how much together with others. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "shares.h"
#include "tree.h"

static int add_tree(struct shares *shares, const char *path, struct failure *failure)
{
	int top = tree_open(AT_FDCWD, path, failure);

	return top < 0 ? -1 : shares_add(shares, top, failure);
}

int shares_main(int argc, char **argv)
{
	struct shares shares = SHARES_EMPTY;
	struct failure failure;
	int result = 0;
	int at;

	if (argc < 2)
		return TREE_USAGE;
	for (at = 1; result == 0 && at < argc; at++)
		result = add_tree(&shares, argv[at], &failure);
	if (result == 0)
		result = shares_settle(&shares, &failure);
	if (result < 0)
		report_failure(STDERR_FILENO, &failure, argv[at - 1]);
	else
		printf("%" PRIu64 " %" PRIu64 "\n", shares.own, shares.shared);
	shares_free(&shares);
	return result == 0 && fflush(stdout) == 0 ? 0 : TREE_FAILED;
}
