#include "small_files.h"

#include <errno.h>
#include <fcntl.h>
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

/* The length of some paths behind one another, NULs counted. */
static size_t pack(char packed[1024], const char *const *names)
{
	size_t length = 0;

	for (; *names != NULL; names++)
		length += (size_t)sprintf(packed + length, "%s", in_folder(*names)) + 1;
	return length;
}

static int lowest_free_fd(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	close(fd);
	return fd;
}

static void files_lie_in_their_shares_and_what_is_not_there_is_told_by_its_errno(void)
{
	char packed[1024];
	int before = lowest_free_fd();
	size_t length = pack(packed, (const char *const[]){ "one", "gone", "link", "two", NULL });

	CHECK(read_small_files(packed, length, 4, room, SHARE, lengths) == 0);
	CHECK(lengths[0] == 4 && memcmp(room, "max\n", 4) == 0);
	CHECK(lengths[1] == -ENOENT);
	CHECK(lengths[2] == -ELOOP);
	CHECK(lengths[3] == 3 && memcmp(room + 3 * SHARE, "12\n", 3) == 0);
	CHECK(lowest_free_fd() == before);
}

static void a_long_file_is_cut_and_what_cannot_be_read_neither_waits_nor_stays_open(void)
{
	char packed[1024];
	int before = lowest_free_fd();
	size_t length = pack(packed, (const char *const[]){ "long", "folder", "fifo", NULL });

	room[SHARE] = 'x';
	CHECK(read_small_files(packed, length, 3, room, SHARE, lengths) == 0);
	CHECK(lengths[0] == SHARE && memcmp(room, "0123456789abcdef", SHARE) == 0);
	CHECK(room[SHARE] == 'x');
	CHECK(lengths[1] == -EISDIR);
	CHECK(lengths[2] == 0);
	CHECK(lowest_free_fd() == before);
}

static void paths_that_are_no_such_list_are_refused(void)
{
	static const char two[] = "/proc/stat\0/proc/stat";

	CHECK(read_small_files(two, sizeof two, 2, room, SHARE, lengths) == 0);
	CHECK(read_small_files(two, sizeof two, 1, room, SHARE, lengths) == -1);
	CHECK(read_small_files(two, sizeof two, 3, room, SHARE, lengths) == -1);
	CHECK(read_small_files(two, sizeof two - 1, 2, room, SHARE, lengths) == -1);
	CHECK(read_small_files("stat", 5, 1, room, SHARE, lengths) == -1);
	CHECK(read_small_files("", 1, 1, room, SHARE, lengths) == -1);
	CHECK(read_small_files(two, 0, 0, room, SHARE, lengths) == -1);
	CHECK(read_small_files(two, sizeof two, MOST_SMALL_FILES + 1, room, SHARE, lengths) == -1);
	CHECK(read_small_files(two, sizeof two, 2, room, SIZE_MAX, lengths) == -1);
}

int main(void)
{
	static const char *const names[] = { "one", "two", "long", "link", "fifo" };

	CHECK(mkdtemp(folder) != NULL);
	put("one", "max\n");
	put("two", "12\n");
	put("long", "0123456789abcdefghi");
	CHECK(symlink("one", in_folder("link")) == 0);
	CHECK(mkdir(in_folder("folder"), 0700) == 0);
	CHECK(mkfifo(in_folder("fifo"), 0600) == 0);
	RUN(files_lie_in_their_shares_and_what_is_not_there_is_told_by_its_errno);
	RUN(a_long_file_is_cut_and_what_cannot_be_read_neither_waits_nor_stays_open);
	RUN(paths_that_are_no_such_list_are_refused);
	for (size_t index = 0; index < sizeof names / sizeof *names; index++)
		CHECK(unlink(in_folder(names[index])) == 0);
	CHECK(rmdir(in_folder("folder")) == 0 && rmdir(folder) == 0);
	return 0;
}
