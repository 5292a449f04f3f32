#include "scan.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "remove.h"

enum { FIELDS = 15, DEEP = 10000 };
enum field { DEPTH, NAME, TYPE, MODE, UID, GID, SIZE, MTIME, RDEV, INODE, NLINK, BLOCKS, TARGET, FLAGS, XATTRS };

static char place[] = "/tmp/tsmachine-scan.XXXXXX";
static char *output;
static size_t output_size;

static void scan(const char *path)
{
	struct failure failure;
	int here = open(".", O_RDONLY | O_DIRECTORY), top = open(path, O_RDONLY | O_DIRECTORY);
	FILE *out;

	free(output);
	out = open_memstream(&output, &output_size);
	CHECK(scan_entries(top, out, &failure) == 0);
	fclose(out);
	CHECK(fchdir(here) == 0 && close(here) == 0);
}

/* Of the entry number `wanted`, or NULL behind the last. */
static const char *entry(size_t wanted, enum field field)
{
	size_t strings = wanted * FIELDS + field;
	const char *at = output;

	while (at < output + output_size && strings-- > 0)
		at += strlen(at) + 1;
	return at < output + output_size ? at : NULL;
}

static size_t find(const char *name)
{
	size_t number = 0;

	while (entry(number, NAME) != NULL && strcmp(entry(number, NAME), name) != 0)
		number++;
	CHECK(entry(number, NAME) != NULL);
	return number;
}

static void write_file(const char *path, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	CHECK(fd >= 0);
	while (size-- > 0)
		CHECK(write(fd, "x", 1) == 1);
	close(fd);
}

static void entries_come_depth_first_in_byte_order(void)
{
	static const char *const expected[][2] = {
		{ "0", "" }, { "1", "A" }, { "1", "a" }, { "2", "x" }, { "3", "y" }, { "1", "a b" }, { "1", "a-" }, { "1", "\xff" },
	};

	CHECK(mkdir("order", 0755) == 0 && mkdir("order/a", 0755) == 0 && mkdir("order/a/x", 0755) == 0);
	write_file("order/a/x/y", 0), write_file("order/a b", 0), write_file("order/a-", 0);
	write_file("order/A", 0), write_file("order/\xff", 0);
	scan("order");
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		CHECK_TEXT(entry(i, DEPTH), expected[i][0]);
		CHECK_TEXT(entry(i, NAME), expected[i][1]);
	}
	CHECK(entry(sizeof expected / sizeof *expected, NAME) == NULL);
}

static void an_entry_says_what_the_file_is(void)
{
	struct timespec times[2] = { { 0 }, { -1, 5 } };
	size_t number;

	CHECK(mkdir("what", 01777) == 0);
	write_file("what/file", 5);
	CHECK(chmod("what/file", 04751) == 0 && utimensat(AT_FDCWD, "what/file", times, 0) == 0);
	CHECK(symlink("/etc/passwd", "what/link") == 0 && mkfifo("what/pipe", 0600) == 0);
	scan("what");
	CHECK_TEXT(entry(0, TYPE), "d");
	CHECK_TEXT(entry(0, MODE), "1777");
	number = find("file");
	CHECK_TEXT(entry(number, TYPE), "f");
	CHECK_TEXT(entry(number, MODE), "4751");
	CHECK_TEXT(entry(number, SIZE), "5");
	CHECK_TEXT(entry(number, MTIME), "-999999995");
	CHECK_TEXT(entry(number, NLINK), "1");
	CHECK_TEXT(entry(number, TARGET), "");
	number = find("link");
	CHECK_TEXT(entry(number, TYPE), "l");
	CHECK_TEXT(entry(number, TARGET), "/etc/passwd");
	CHECK_TEXT(entry(find("pipe"), TYPE), "p");
}

static void names_of_one_file_have_one_inode(void)
{
	CHECK(mkdir("links", 0755) == 0);
	write_file("links/a", 1), write_file("links/c", 1);
	CHECK(link("links/a", "links/b") == 0);
	scan("links");
	CHECK_TEXT(entry(find("b"), INODE), entry(find("a"), INODE));
	CHECK_TEXT(entry(find("b"), NLINK), "2");
	CHECK(strcmp(entry(find("c"), INODE), entry(find("a"), INODE)) != 0);
}

static void the_digest_is_of_names_and_values_in_any_order(void)
{
	CHECK(mkdir("x", 0755) == 0);
	for (const char *name = "abcd"; *name != '\0'; name++) {
		char path[] = { 'x', '/', *name, '\0' };

		write_file(path, 0);
	}
	CHECK(setxattr("x/a", "user.one", "1", 1, 0) == 0 && setxattr("x/a", "user.two", "2", 1, 0) == 0);
	CHECK(setxattr("x/b", "user.two", "2", 1, 0) == 0 && setxattr("x/b", "user.one", "1", 1, 0) == 0);
	CHECK(setxattr("x/c", "user.one", "2", 1, 0) == 0 && setxattr("x/c", "user.two", "1", 1, 0) == 0);
	scan("x");
	CHECK_TEXT(entry(find("a"), XATTRS), entry(find("b"), XATTRS));
	CHECK(strcmp(entry(find("a"), XATTRS), entry(find("c"), XATTRS)) != 0);
	CHECK_TEXT(entry(find("d"), XATTRS), "0");
	/* What was written down with one version is compared with the next. */
	CHECK_TEXT(entry(find("a"), XATTRS), "58e77dc1a32231e2");
}

static void the_marks_of_an_overlay_are_flags_and_no_xattrs(void)
{
	CHECK(mkdir("o", 0755) == 0 && mkdir("o/opaque", 0755) == 0 && mkdir("o/redirect", 0755) == 0 && mkdir("o/n", 0755) == 0);
	CHECK(setxattr("o/opaque", "trusted.overlay.opaque", "y", 1, 0) == 0);
	CHECK(setxattr("o/n", "trusted.overlay.opaque", "n", 1, 0) == 0);
	CHECK(setxattr("o/redirect", "trusted.overlay.redirect", "/x", 2, 0) == 0);
	CHECK(mknod("o/whiteout", S_IFCHR, makedev(0, 0)) == 0 && mknod("o/null", S_IFCHR, makedev(1, 3)) == 0);
	scan("o");
	CHECK_TEXT(entry(find("opaque"), FLAGS), "o");
	CHECK_TEXT(entry(find("opaque"), XATTRS), "0");
	CHECK_TEXT(entry(find("n"), FLAGS), "");
	CHECK_TEXT(entry(find("redirect"), FLAGS), "r");
	CHECK_TEXT(entry(find("whiteout"), FLAGS), "w");
	CHECK_TEXT(entry(find("null"), FLAGS), "");
	CHECK_TEXT(entry(find("null"), RDEV), "1:3");
}

static uint64_t bytes_of(const char *path)
{
	struct failure failure;
	struct blocks blocks = BLOCKS_EMPTY;
	uint64_t bytes;

	CHECK(scan_blocks(open(path, O_RDONLY | O_DIRECTORY), &blocks, &failure) == 0);
	bytes = blocks.bytes;
	blocks_free(&blocks);
	return bytes;
}

static void bytes_on_disk_count_once(void)
{
	uint64_t before;
	char path[32];

	CHECK(mkdir("bytes", 0755) == 0);
	for (int i = 0; i < 3000; i++) {
		snprintf(path, sizeof path, "bytes/%d", i);
		write_file(path, 1);
	}
	before = bytes_of("bytes");
	CHECK(before >= 3000 * 512);
	CHECK(mkdir("more", 0755) == 0 && rename("bytes", "more/bytes") == 0);
	before = bytes_of("more");
	CHECK(mkdir("more/bytes/l", 0755) == 0);
	before += bytes_of("more/bytes/l");
	for (int i = 0; i < 3000; i++) {
		char other[32];

		snprintf(path, sizeof path, "more/bytes/%d", i);
		snprintf(other, sizeof other, "more/bytes/l/%d", i);
		CHECK(link(path, other) == 0);
	}
	/* The directory of the links grows, by less than a file each. */
	CHECK(bytes_of("more") - before < 3000 * 512);
}

/* A machine can make a tree whose path no system call takes. */
static void make_deep(const char *name)
{
	int top = open(".", O_RDONLY | O_DIRECTORY);

	CHECK(mkdir(name, 0755) == 0 && chdir(name) == 0);
	for (int i = 0; i < DEEP; i++)
		CHECK(mkdir("d", 0755) == 0 && chdir("d") == 0);
	write_file("bottom", 1);
	CHECK(fchdir(top) == 0);
	close(top);
}

static void a_tree_of_any_depth_is_scanned_and_removed(void)
{
	struct failure failure;

	make_deep("deep");
	CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 1024, 1024 }) == 0);
	scan("deep");
	CHECK_TEXT(entry(DEEP + 1, NAME), "bottom");
	CHECK_TEXT(entry(DEEP + 1, DEPTH), "10001");
	CHECK(bytes_of("deep") > 0);
	CHECK(remove_tree(AT_FDCWD, "deep", &(struct changes){ 0 }, &failure) == 0 && access("deep", F_OK) < 0);
}

static void no_symlink_is_followed(void)
{
	struct failure failure;

	CHECK(mkdir("inside", 0755) == 0 && mkdir("outside", 0755) == 0);
	write_file("outside/secret", 100000);
	CHECK(symlink("../outside", "inside/link") == 0);
	scan("inside");
	CHECK_TEXT(entry(1, TYPE), "l");
	CHECK(entry(2, NAME) == NULL);
	CHECK(bytes_of("inside") < 100000);
	CHECK(remove_tree(AT_FDCWD, "inside", &(struct changes){ 0 }, &failure) == 0);
	CHECK(access("outside/secret", F_OK) == 0);
}

static void what_is_not_there_is_removed_already(void)
{
	struct failure failure;

	CHECK(remove_tree(AT_FDCWD, "nothing", &(struct changes){ 0 }, &failure) == 0);
	CHECK(remove_tree(AT_FDCWD, "nowhere/nothing", &(struct changes){ 0 }, &failure) == 0);
}

int main(void)
{
	struct failure failure;

	umask(0);
	CHECK(mkdtemp(place) != NULL && chdir(place) == 0);
	RUN(entries_come_depth_first_in_byte_order);
	RUN(an_entry_says_what_the_file_is);
	RUN(names_of_one_file_have_one_inode);
	RUN(the_digest_is_of_names_and_values_in_any_order);
	if (geteuid() == 0)
		RUN(the_marks_of_an_overlay_are_flags_and_no_xattrs);
	else
		printf("ok scan_test.c: marks NOT RUN: only root can make them\n");
	RUN(bytes_on_disk_count_once);
	RUN(a_tree_of_any_depth_is_scanned_and_removed);
	RUN(no_symlink_is_followed);
	RUN(what_is_not_there_is_removed_already);
	free(output);
	CHECK(remove_tree(AT_FDCWD, place, &(struct changes){ 0 }, &failure) == 0);
	return 0;
}
