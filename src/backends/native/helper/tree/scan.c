/* `scan PATH...`: what lies in trees. `scan --bytes PATH...`: how much that is; `scan --written ROOT RELATIVE...`: what a copy of that writes. */
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "file_facts.h"
#include "stack_find.h"
#include "tree.h"
#include "walk.h"

enum { OUTPUT_BUFFER = 256 * 1024 };

static bool has_gone(void)
{
	return errno == ENOENT;
}

static int scan_below(struct walk *walk, FILE *out, struct failure *failure)
{
	struct file_facts facts;
	struct walk_entry entry;
	enum walk_step step;
	const char *syscall;

	while ((step = walk_next(walk, &entry, failure)) > WALK_END) {
		if (step == WALK_LEFT)
			continue;
		syscall = file_facts_read(&facts, entry.parent, entry.name);
		if (syscall != NULL && has_gone())
			continue;
		if (syscall != NULL)
			return walk_fail(walk, syscall, failure);
		file_facts_print(&facts, entry.depth, entry.name, out);
		if (S_ISDIR(facts.status.st_mode) && walk_enter(walk, failure) < 0)
			return -1;
	}
	return step;
}

int scan_entries(int top, FILE *out, struct failure *failure)
{
	struct file_facts facts;
	const char *syscall = file_facts_read(&facts, top, ".");
	struct walk walk;
	int result;

	if (syscall != NULL) {
		fail(failure, syscall, NULL);
		close(top);
		return -1;
	}
	file_facts_print(&facts, 0, "", out);
	result = walk_begin(&walk, top, failure);
	if (result == 0)
		result = scan_below(&walk, out, failure);
	walk_free(&walk);
	return result;
}

static int add_below(struct walk *walk, struct blocks *blocks, struct failure *failure)
{
	struct walk_entry entry;
	enum walk_step step;
	struct stat status;

	while ((step = walk_next(walk, &entry, failure)) > WALK_END) {
		if (step == WALK_LEFT)
			continue;
		if (fstatat(entry.parent, entry.name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
			if (has_gone())
				continue;
			return walk_fail(walk, "fstatat", failure);
		}
		if (blocks_add(blocks, &status) < 0)
			return walk_fail(walk, "malloc", failure);
		if (S_ISDIR(status.st_mode) && walk_enter(walk, failure) < 0)
			return -1;
	}
	return step;
}

int scan_blocks(int top, struct blocks *blocks, struct failure *failure)
{
	struct stat status;
	struct walk walk;
	int result = walk_begin(&walk, top, failure);

	if (result == 0 && (fstat(top, &status) < 0 || blocks_add(blocks, &status) < 0))
		result = fail(failure, "fstat", NULL);
	if (result == 0)
		result = add_below(&walk, blocks, failure);
	walk_free(&walk);
	return result;
}

int scan_name(int parent, const char *name, struct blocks *blocks, struct failure *failure)
{
	struct stat status;
	int top;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(failure, "fstatat", name);
	if (!S_ISDIR(status.st_mode))
		return blocks_add(blocks, &status) < 0 ? fail(failure, "malloc", name) : 0;
	top = tree_open(parent, name, failure);
	return top < 0 ? -1 : scan_blocks(top, blocks, failure);
}

static int finish(int result, const struct failure *failure, const char *path)
{
	/* What was printed before a failure is of no use without its end, and who reads must see that. */
	if (result == 0 && fflush(stdout) == 0)
		return 0;
	if (result < 0)
		report_failure(STDERR_FILENO, failure, path);
	return TREE_FAILED;
}

static int scan_all(int count, char **paths, struct blocks *blocks)
{
	struct failure failure;
	int result = 0;
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < count; i++) {
		int top = tree_open(here, paths[i], &failure);

		if (top < 0)
			result = -1;
		else
			result = blocks == NULL ? scan_entries(top, stdout, &failure) : scan_blocks(top, blocks, &failure);
		if (result < 0)
			return finish(result, &failure, paths[i]);
	}
	if (blocks == NULL)
		fputs("end", stdout), putchar('\0');
	else
		printf("%" PRIu64 "\n", blocks->bytes);
	return finish(0, NULL, NULL);
}

static void tell_bytes(int here, const char *path)
{
	struct blocks blocks = BLOCKS_EMPTY;
	struct failure failure;
	int top = tree_open(here, path, &failure);
	int result = top < 0 ? -1 : scan_blocks(top, &blocks, &failure);

	if (result == 0)
		printf("%" PRIu64 "\n", blocks.bytes);
	else
		puts("-");
	blocks_free(&blocks);
}

/* A line for each tree: one that cannot be looked through takes nothing away from the others. */
static int scan_each(int count, char **paths)
{
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < count; i++)
		tell_bytes(here, paths[i]);
	return finish(0, NULL, NULL);
}

/* No symlink on the way is followed: then, as where nothing is, there is nothing to count. */
static int add_relative(int root, const char *path, struct blocks *blocks, struct failure *failure)
{
	size_t length;
	const char *name = tree_last_of(path, &length);
	int parent = tree_open_below(root, path, length, O_PATH);
	int result;

	if (parent < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : fail(failure, "openat2", path);
	result = scan_name(parent, *name == '\0' ? "." : name, blocks, failure);
	close(parent);
	return result;
}

static int scan_below_root(const char *root_path, int count, char **paths)
{
	struct blocks blocks = { .written = true };
	struct failure failure;
	int root = tree_open(AT_FDCWD, root_path, &failure);
	int result = root < 0 ? -1 : 0;

	for (int i = 0; result == 0 && i < count; i++) {
		if (!stack_path_is_plain(paths[i]))
			return TREE_USAGE;
		result = add_relative(root, paths[i], &blocks, &failure);
	}
	if (result == 0)
		printf("%" PRIu64 "\n", blocks.bytes);
	blocks_free(&blocks);
	return finish(result, &failure, root_path);
}

int scan_main(int argc, char **argv)
{
	struct blocks blocks = BLOCKS_EMPTY;
	bool only_bytes = argc > 1 && strcmp(argv[1], "--bytes") == 0;
	bool each = argc > 1 && strcmp(argv[1], "--bytes-each") == 0;
	int first = only_bytes || each ? 2 : 1;
	int code;

	if (argc <= first)
		return TREE_USAGE;
	if (argc > 2 && strcmp(argv[1], "--written") == 0)
		return scan_below_root(argv[2], argc - 3, argv + 3);
	setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	if (each)
		return scan_each(argc - first, argv + first);
	code = scan_all(argc - first, argv + first, only_bytes ? &blocks : NULL);
	blocks_free(&blocks);
	return code;
}
