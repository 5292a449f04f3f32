/*
 * Trees whose paths no system call takes, with more levels than there may be open files, looked through on a small stack: found in layers,
 * copied, hidden and made way for.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "copy_tree.h"
#include "remove.h"
#include "scan.h"
#include "stack_find.h"
#include "tree.h"

enum { DEEP = 3000, LONG_NAMES = 40 };

static char place[] = "/tmp/tsmachine-deep.XXXXXX";
static int here;

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

/* `levels` directories of one name, one in the other. In the lowest: a file of two names, and a directory with a third one of them. */
static void make_deep(const char *top, const char *name, int levels)
{
	CHECK(mkdir(top, 0755) == 0 && chdir(top) == 0);
	write_file("first", "text");
	for (int i = 0; i < levels; i++) {
		CHECK(mkdir(name, 0750) == 0 && link("first", "kept") == 0);
		CHECK(rename("first", "moved") == 0 && chdir(name) == 0 && link("../moved", "first") == 0);
		CHECK(unlink("../moved") == 0);
	}
	/* Beside each other, so that a walk goes up from where it is deepest, and down again. */
	CHECK(mkdir("side", 0700) == 0 && link("first", "side/again") == 0 && mkdir("other", 0700) == 0);
	CHECK(fchdir(here) == 0);
}

static char *deep_path(const char *name, int levels, const char *last)
{
	size_t length = strlen(name), room = (length + 1) * (size_t)levels + strlen(last) + 1;
	char *path = malloc(room), *at = path;

	CHECK(path != NULL);
	for (int i = 0; i < levels; i++, at += length + 1) {
		memcpy(at, name, length);
		at[length] = '/';
	}
	strcpy(at, last);
	return path;
}

static char *scanned(const char *path, size_t *size)
{
	struct failure failure;
	char *output;
	FILE *out = open_memstream(&output, size);

	CHECK(scan_entries(open(path, O_RDONLY | O_DIRECTORY), out, &failure) == 0);
	CHECK(fclose(out) == 0 && fchdir(here) == 0);
	return output;
}

enum { FIELDS = 15, INODE = 9 };

/* Two scans are of the same files, but for their inodes. */
static void check_same(const char *one, const char *other)
{
	size_t size, other_size;
	char *scan = scanned(one, &size), *other_scan = scanned(other, &other_size);
	const char *at = scan, *other_at = other_scan;

	for (size_t field = 0; at < scan + size && other_at < other_scan + other_size; field++) {
		if (field % FIELDS != INODE)
			CHECK_TEXT(other_at, at);
		at += strlen(at) + 1;
		other_at += strlen(other_at) + 1;
	}
	CHECK(at == scan + size && other_at == other_scan + other_size);
	free(scan);
	free(other_scan);
}

static void a_deep_tree_is_copied_with_its_hard_links(void)
{
	struct failure failure;

	CHECK(copy_tree(here, "deep", here, "copy", &failure) == 0 && fchdir(here) == 0);
	check_same("deep", "copy");
}

static void long_names_too(void)
{
	char name[NAME_MAX + 1];
	struct failure failure;

	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	make_deep("long", name, LONG_NAMES);
	CHECK(copy_tree(here, "long", here, "long-copy", &failure) == 0 && fchdir(here) == 0);
	check_same("long", "long-copy");
}

static void a_stack_finds_what_lies_deep_in_its_layers(void)
{
	char *layers[] = { "deep", "copy" };
	size_t failed;
	struct stack *stack = stack_open(layers, 2, &failed);
	struct found found;

	CHECK(stack != NULL);
	for (int levels = 0; levels <= DEEP; levels += 50) {
		char *path = deep_path("d", levels, levels == DEEP ? "first" : "kept"), *none = deep_path("d", levels, "none");

		CHECK(stack_find(stack, path, &found) == 1 && found.layer == 0 && S_ISREG(found.status.st_mode));
		CHECK(stack_find(stack, none, &found) == 0);
		free(path);
		free(none);
	}
	for (int levels = DEEP; levels >= 0; levels -= 300) {
		char *path = deep_path("d", levels, levels == DEEP ? "side" : "d");

		CHECK(stack_find(stack, path, &found) == 1 && S_ISDIR(found.status.st_mode));
		free(path);
	}
	stack_close(stack);
	CHECK(fchdir(here) == 0);
}

static void a_whiteout_deep_in_the_top_hides_what_lies_below(void)
{
	char *layers[] = { "copy", "deep" };
	char *path = deep_path("d", DEEP, "first");
	struct stack *stack;
	struct found found;
	size_t failed;
	int parent;

	if (geteuid() != 0) {
		printf("ok deep_trees_test.c: whiteouts NOT RUN: only root can make them\n");
		free(path);
		return;
	}
	parent = tree_open_below(open("copy", O_RDONLY | O_DIRECTORY), path, strlen(path) - strlen("/first"), O_PATH);
	CHECK(parent >= 0 && unlinkat(parent, "first", 0) == 0 && mknodat(parent, "first", S_IFCHR, makedev(0, 0)) == 0);
	close(parent);
	stack = stack_open(layers, 2, &failed);
	CHECK(stack_find(stack, path, &found) == 0);
	stack_close(stack);
	CHECK(fchdir(here) == 0);
	free(path);
}

static void no_piece_of_a_long_path_leads_out(void)
{
	char *path = deep_path("d", DEEP, "way/d");
	int root = open("deep", O_RDONLY | O_DIRECTORY);
	int parent = tree_open_below(root, path, strlen(path) - strlen("/way/d"), O_RDONLY);

	CHECK(parent >= 0 && symlinkat("/", parent, "way") == 0);
	CHECK(tree_open_below(root, path, strlen(path) - strlen("/d"), O_PATH) < 0 && errno == ELOOP);
	CHECK(tree_open_below(root, "..", 2, O_PATH) < 0 && errno == EXDEV);
	CHECK(tree_open_below(root, "/etc", 4, O_PATH) < 0 && errno == EXDEV);
	CHECK(unlinkat(parent, "way", 0) == 0);
	close(parent);
	close(root);
	free(path);
}

static void a_name_longer_than_any_path_is_refused(void)
{
	char *name = malloc(PATH_MAX * 2);

	CHECK(name != NULL);
	memset(name, 'n', PATH_MAX * 2);
	CHECK(tree_open_below(AT_FDCWD, name, PATH_MAX * 2, O_PATH) < 0 && errno == ENAMETOOLONG);
	free(name);
}

static void all_of_it_is_removed(void)
{
	struct failure failure;

	for (const char *const *name = (const char *const[]){ "deep", "copy", "long", "long-copy", NULL }; *name != NULL; name++)
		CHECK(remove_tree(AT_FDCWD, *name, &(struct changes){ 0 }, &failure) == 0 && access(*name, F_OK) < 0);
}

static void add_bytes(void *context, uint64_t bytes)
{
	*(uint64_t *)context += bytes;
}

/* Two names of one file count with the last of them, one that has a name elsewhere not at all, and directories too. */
static void a_removal_tells_what_it_frees(void)
{
	uint64_t freed = 0, expected;
	const struct changes changes = { .freed = add_bytes, .context = &freed };
	struct failure failure;
	struct stat status;

	CHECK(mkdir("told", 0755) == 0 && mkdir("told/inner", 0755) == 0);
	write_file("told/inner/a", "text");
	CHECK(link("told/inner/a", "told/b") == 0);
	write_file("elsewhere", "text");
	CHECK(link("elsewhere", "told/c") == 0);
	CHECK(stat("told", &status) == 0);
	expected = 2 * (uint64_t)status.st_blocks * 512;
	CHECK(stat("told/b", &status) == 0);
	expected += (uint64_t)status.st_blocks * 512;
	CHECK(remove_tree(AT_FDCWD, "told", &changes, &failure) == 0);
	CHECK(expected > 0 && freed == expected && unlink("elsewhere") == 0);
}

int main(void)
{
	struct failure failure;

	umask(0);
	CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }) == 0);
	CHECK(mkdtemp(place) != NULL && chdir(place) == 0);
	here = open(".", O_RDONLY | O_DIRECTORY);
	make_deep("deep", "d", DEEP);
	RUN(a_deep_tree_is_copied_with_its_hard_links);
	RUN(long_names_too);
	RUN(a_stack_finds_what_lies_deep_in_its_layers);
	RUN(a_whiteout_deep_in_the_top_hides_what_lies_below);
	RUN(no_piece_of_a_long_path_leads_out);
	RUN(a_name_longer_than_any_path_is_refused);
	RUN(all_of_it_is_removed);
	RUN(a_removal_tells_what_it_frees);
	close(here);
	CHECK(remove_tree(AT_FDCWD, place, &(struct changes){ 0 }, &failure) == 0);
	return 0;
}
