/* What a copy keeps, and what it refuses. (What a machine can see of it: test/host/storage/copying.test.ts.) */
#include "copy_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "check.h"
#include "content.h"
#include "remove.h"

enum { NAMES = 300 };
#define TERABYTE ((off_t)1 << 40)

static char place[] = "/tmp/tsmachine-copy.XXXXXX";
static int here;

static void write_at(const char *path, const char *text, off_t at)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	CHECK(fd >= 0 && pwrite(fd, text, strlen(text), at) == (ssize_t)strlen(text) && close(fd) == 0);
}

static int copy(const char *from, const char *to, struct failure *failure)
{
	int result = copy_tree(here, from, here, to, failure);

	CHECK(fchdir(here) == 0);
	return result;
}

static struct stat status_of(const char *path)
{
	struct stat status;

	CHECK(lstat(path, &status) == 0);
	return status;
}

static int is_same(const char *one, const char *other)
{
	int first = open(one, O_RDONLY), second = open(other, O_RDONLY);
	int same = content_is_same(first, second);

	close(first);
	close(second);
	return same;
}

static void one_file_of_many_names_is_one_file_again(void)
{
	struct failure failure;
	struct stat first;
	char name[32];

	CHECK(mkdir("names", 0755) == 0 && mkdir("names/d", 0755) == 0);
	write_at("names/0", "text", 0);
	for (int i = 1; i < NAMES; i++) {
		snprintf(name, sizeof name, "names/%s%d", i % 2 ? "d/" : "", i);
		CHECK(link("names/0", name) == 0);
	}
	CHECK(link("names/0", "outside") == 0);
	write_at("names/alone", "text", 0);
	CHECK(link("names/alone", "names/alone-again") == 0);
	CHECK(copy("names", "names-copy", &failure) == 0);
	first = status_of("names-copy/0");
	CHECK(first.st_nlink == NAMES);
	CHECK(status_of("names-copy/d/299").st_ino == first.st_ino && status_of("names-copy/alone").st_nlink == 2);
	/* Nothing of ours is left, and the time is the original's. */
	CHECK(system("test \"$(ls -A names)\" = \"$(ls -A names-copy)\"") == 0);
	CHECK(status_of("names-copy").st_mtim.tv_nsec == status_of("names").st_mtim.tv_nsec);
}

static void a_terabyte_of_holes_is_copied_and_compared(void)
{
	struct failure failure;

	write_at("sparse", "begin", 0);
	write_at("sparse", "middle", TERABYTE / 2);
	CHECK(truncate("sparse", TERABYTE) == 0);
	CHECK(copy("sparse", "sparse-copy", &failure) == 0);
	CHECK(status_of("sparse-copy").st_size == TERABYTE && status_of("sparse-copy").st_blocks < 100);
	CHECK(is_same("sparse", "sparse-copy") == 1);
	write_at("sparse-copy", "m", TERABYTE - 1);
	CHECK(is_same("sparse", "sparse-copy") == 0);
	write_at("sparse", "m", TERABYTE - 1);
	CHECK(is_same("sparse", "sparse-copy") == 1);
	write_at("sparse", "x", TERABYTE / 2 - 5);
	CHECK(is_same("sparse-copy", "sparse") == 0);
}

static void no_symlink_is_followed(void)
{
	struct failure failure;
	char target[16] = "";

	CHECK(mkdir("secret", 0755) == 0 && mkdir("links", 0755) == 0);
	write_at("secret/file", "secret", 0);
	CHECK(symlink("../secret", "links/way") == 0 && symlink("links", "to-links") == 0);
	CHECK(copy("links", "links-copy", &failure) == 0);
	CHECK(readlink("links-copy/way", target, sizeof target) == 9);
	CHECK(copy("to-links", "to-links-copy", &failure) == 0 && S_ISLNK(status_of("to-links-copy").st_mode));
	/* Nor at the place of the copy. */
	CHECK(copy("links", "to-links", &failure) < 0 && failure.number == ENOTDIR);
	CHECK(copy("secret/file", "to-links", &failure) < 0 && failure.number == EEXIST);
}

static void an_empty_directory_may_be_there_and_a_full_one_not(void)
{
	struct failure failure;

	CHECK(mkdir("full", 0755) == 0 && mkdir("empty", 0700) == 0);
	write_at("full/a", "text", 0);
	CHECK(copy("full", "empty", &failure) == 0 && (status_of("empty").st_mode & 07777) == 0755);
	CHECK(copy("full", "empty", &failure) < 0 && failure.number == EEXIST);
	CHECK_TEXT(failure.path, "a");
}

/* The list is of the place, and says nothing of what is put there. */
static void what_the_place_hands_down_is_not_taken(void)
{
	static const unsigned char list[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 7, 0, 0, 0, 4, 0, 5, 0, 255, 255,
					      255, 255, 16, 0, 7, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255 };
	struct failure failure;
	int to;

	CHECK(mkdir("handing", 0755) == 0 && mkdir("plain", 0755) == 0 && mkdir("plain/d", 0755) == 0);
	write_at("plain/d/file", "text", 0);
	CHECK(setxattr("handing", "system.posix_acl_default", list, sizeof list, 0) == 0);
	to = open("handing", O_RDONLY | O_DIRECTORY);
	CHECK(copy_tree(here, "plain", to, "copy", &failure) == 0 && fchdir(here) == 0);
	close(to);
	CHECK(getxattr("handing/copy", "system.posix_acl_access", NULL, 0) < 0);
	CHECK(getxattr("handing/copy/d", "system.posix_acl_default", NULL, 0) < 0);
	CHECK(getxattr("handing/copy/d/file", "system.posix_acl_access", NULL, 0) < 0);
	CHECK((status_of("handing/copy/d/file").st_mode & 07777) == 0644);
}

static void what_is_not_there_is_said(void)
{
	struct failure failure;

	CHECK(copy("nothing", "copy-of-nothing", &failure) < 0 && failure.number == ENOENT);
	CHECK(access("copy-of-nothing", F_OK) < 0);
}

int main(void)
{
	struct failure failure;

	umask(0);
	CHECK(mkdtemp(place) != NULL && chdir(place) == 0);
	here = open(".", O_RDONLY | O_DIRECTORY);
	RUN(one_file_of_many_names_is_one_file_again);
	RUN(a_terabyte_of_holes_is_copied_and_compared);
	RUN(no_symlink_is_followed);
	RUN(an_empty_directory_may_be_there_and_a_full_one_not);
	RUN(what_the_place_hands_down_is_not_taken);
	RUN(what_is_not_there_is_said);
	close(here);
	CHECK(remove_tree(AT_FDCWD, place, &(struct changes){ 0 }, &failure) == 0);
	return 0;
}
