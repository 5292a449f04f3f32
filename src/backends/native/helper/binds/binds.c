#include "binds.h"

#include <string.h>

#include "init_process.h"

static bool is_absolute(const char *path)
{
	return path[0] == '/';
}

static const char *take_tree(const struct record *tree, struct bind *bind)
{
	const char *map, *mode;

	if (tree->count != 3 || !is_absolute(tree->arguments[2]))
		return "tree wants MAP MODE and an absolute PATH";
	map = tree->arguments[0];
	mode = tree->arguments[1];
	if ((strcmp(map, "mapped") != 0 && strcmp(map, "plain") != 0) ||
	    (strcmp(mode, "read-only") != 0 && strcmp(mode, "read-write") != 0))
		return "tree wants mapped or plain, read-only or read-write";
	bind->source = tree->arguments[2];
	bind->mapped = strcmp(map, "mapped") == 0;
	bind->read_only = strcmp(mode, "read-only") == 0;
	return NULL;
}

const char *bind_parse(const struct records *records, struct bind *bind)
{
	const struct record *init = records_find(records, "init");
	const struct record *path = records_find(records, "path");
	const struct record *tree = records_find(records, "tree");
	const char *reason;

	*bind = (struct bind){ 0 };
	if (init == NULL || path == NULL || records->count != (tree == NULL ? 2 : 3))
		return "bind wants one each of init, path and perhaps tree";
	if (path->count != 1 || !is_absolute(path->arguments[0]) || strspn(path->arguments[0], "/") == strlen(path->arguments[0]))
		return "path wants an absolute PATH below /";
	bind->path = path->arguments[0];
	reason = init_process_parse(init, &bind->init, &bind->init_start);
	return reason != NULL || tree == NULL ? reason : take_tree(tree, bind);
}
