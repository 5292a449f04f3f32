#include "small_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

enum { SHARE = 16 };

static char room[4 * SHARE];
static int32_t lengths[4];
static char folder[] = "/tmp/small-files-XXXXXX";

/* A static buffer, good until the fourth call after. */
static const char *in_folder(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof *paths, "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static int lowest_free_fd(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	close(fd);
	return fd;
}

#define NAMES(text) text, sizeof text

static void a_file_of_each_lies_in_its_share_and_what_is_not_there_is_told_by_its_errno(void)
{
	int before = lowest_free_fd();

	CHECK(read_small_files(folder, NAMES("\0gone\0link\0inner"), 4, "one", room, SHARE, lengths) == 0);
	CHECK(lengths[0] == 4 && memcmp(room, "max\n", 4) == 0);
	CHECK(lengths[1] == -ENOENT);
	CHECK(lengths[2] == 3 && memcmp(room + 2 * SHARE, "12\n", 3) == 0);
	CHECK(lengths[3] == 3 && memcmp(room + 3 * SHARE, "12\n", 3) == 0);
	CHECK(read_small_files(folder, NAMES("."), 1, "link", room, SHARE, lengths) == 0 && lengths[0] == -ELOOP);
	CHECK(read_small_files("/nowhere", NAMES("a\0b"), 2, "one", room, SHARE, lengths) == 0);
	CHECK(lengths[0] == -ENOENT && lengths[1] == -ENOENT);
	CHECK(lowest_free_fd() == before);
}

static void a_long_file_is_cut_and_what_cannot_be_read_neither_waits_nor_stays_open(void)
{
	int before = lowest_free_fd();

	room[SHARE] = 'x';
	CHECK(read_small_files(folder, NAMES(""), 1, "long", room, SHARE, lengths) == 0);
	CHECK(lengths[0] == SHARE && memcmp(room, "0123456789abcdef", SHARE) == 0);
	CHECK(room[SHARE] == 'x');
	CHECK(read_small_files(folder, NAMES(""), 1, "inner", room, SHARE, lengths) == 0 && lengths[0] == -EISDIR);
	CHECK(read_small_files(folder, NAMES(""), 1, "fifo", room, SHARE, lengths) == 0 && lengths[0] == 0);
	CHECK(lowest_free_fd() == before);
}

static void a_path_that_is_too_long_is_told_like_all_that_cannot_be_read(void)
{
	static char name[PATH_MAX];

	memset(name, 'a', sizeof name - 1);
	CHECK(read_small_files("/", name, sizeof name, 1, "one", room, SHARE, lengths) == 0);
	CHECK(lengths[0] == -ENAMETOOLONG);
}

static void names_that_are_no_such_list_are_refused(void)
{
	static const char two[] = "inner\0inner";

	CHECK(read_small_files(folder, two, sizeof two, 2, "one", room, SHARE, lengths) == 0);
	CHECK(read_small_files(folder, two, sizeof two, 1, "one", room, SHARE, lengths) == -1);
	CHECK(read_small_files(folder, two, sizeof two, 3, "one", room, SHARE, lengths) == -1);
	CHECK(read_small_files(folder, two, sizeof two - 1, 2, "one", room, SHARE, lengths) == -1);
	CHECK(read_small_files(folder, NAMES("/proc"), 1, "stat", room, SHARE, lengths) == -1);
	CHECK(read_small_files(folder, two, 0, 0, "one", room, SHARE, lengths) == -1);
	CHECK(read_small_files(folder, two, sizeof two, 2, "one", room, SIZE_MAX, lengths) == -1);
	CHECK(count_links(folder, two, sizeof two, 1, lengths) == -1);
}

static void links_of_directories_are_counted(void)
{
	int before = lowest_free_fd();

	CHECK(count_links(folder, NAMES("\0inner\0gone\0one"), 4, lengths) == 0);
	CHECK(lengths[0] == lengths[1] + 1 && lengths[2] == -ENOENT && lengths[3] == 1);
	CHECK(count_links("/nowhere", NAMES(""), 1, lengths) == 0 && lengths[0] == -ENOENT);
	CHECK(lowest_free_fd() == before);
}

static void directories_in_a_directory_are_listed_and_nothing_else(void)
{
	int before = lowest_free_fd();
	char *names = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&names, &length);

	CHECK(out != NULL);
	list_directories(folder, out);
	list_directories("/nowhere", out);
	CHECK(fclose(out) == 0 && length == sizeof "inner" && memcmp(names, "inner", length) == 0);
	free(names);
	CHECK(lowest_free_fd() == before);
}

int main(void)
{
	static const char *const names[] = { "one", "inner/one", "long", "link", "fifo" };

	CHECK(mkdtemp(folder) != NULL && mkdir(in_folder("inner"), 0700) == 0);
	put("one", "max\n");
	put("inner/one", "12\n");
	put("long", "0123456789abcdefghi");
	CHECK(symlink("inner", in_folder("link")) == 0);
	CHECK(mkfifo(in_folder("fifo"), 0600) == 0);
	RUN(a_file_of_each_lies_in_its_share_and_what_is_not_there_is_told_by_its_errno);
	RUN(a_long_file_is_cut_and_what_cannot_be_read_neither_waits_nor_stays_open);
	RUN(a_path_that_is_too_long_is_told_like_all_that_cannot_be_read);
	RUN(names_that_are_no_such_list_are_refused);
	RUN(links_of_directories_are_counted);
	RUN(directories_in_a_directory_are_listed_and_nothing_else);
	for (size_t index = 0; index < sizeof names / sizeof *names; index++)
		CHECK(unlink(in_folder(names[index])) == 0);
	CHECK(rmdir(in_folder("inner")) == 0 && rmdir(folder) == 0);
	return 0;
}
