#include "rootpath.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

/* A hostile root beside a file of the "host" that no path may reach. */
static char place[] = "/tmp/tsmachine-rootpath.XXXXXX";
static int host;
static int root;
static struct failure failure;

static void make_hostile_root(void)
{
	CHECK(mkdtemp(place) != NULL);
	host = open(place, O_PATH | O_DIRECTORY);
	CHECK(mkdirat(host, "root", 0755) == 0);
	root = openat(host, "root", O_PATH | O_DIRECTORY);
	CHECK(mkdirat(host, "secret", 0755) == 0);
	CHECK(symlinkat(place, root, "absolute") == 0);
	CHECK(symlinkat("../../../../../../../..", root, "upwards") == 0);
	CHECK(symlinkat("../secret", root, "beside") == 0);
	CHECK(symlinkat("/proc/self/root", root, "magic") == 0);
	CHECK(mkdirat(root, "real", 0755) == 0);
	CHECK(symlinkat("/real", root, "inside") == 0);
	CHECK(mkfifoat(root, "fifo", 0644) == 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	return remove(path);
}

static bool exists(int at, const char *path)
{
	return faccessat(at, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void a_symlink_is_followed_within_the_root_only(void)
{
	int fd = rootpath_open(root, "/inside", &failure);

	CHECK(fd >= 0);
	close(fd);
	CHECK(rootpath_open(root, "/beside", &failure) < 0 && failure.number == ENOENT);
	CHECK(rootpath_open(root, "/absolute/secret", &failure) < 0);
	fd = rootpath_open(root, "/upwards/real", &failure);
	CHECK(fd >= 0); /* upwards from the root is the root */
	close(fd);
	CHECK(rootpath_open(root, "/upwards/secret", &failure) < 0);
}

static void a_mount_point_has_no_symlink_in_its_path(void)
{
	CHECK(rootpath_mount_point(root, "/inside", &failure) < 0 && failure.number == ELOOP);
	CHECK_TEXT(failure.syscall, "openat2");
	CHECK_TEXT(failure.path, "/inside");
	CHECK(rootpath_make_mount_point(root, "/inside/below", 1, &failure) < 0 && failure.number == ELOOP);
	CHECK(!exists(root, "real/below"));
}

static void directories_are_made_in_the_root_with_their_parents(void)
{
	struct stat status;

	CHECK(rootpath_make_directory(root, "/a/b/c", 01777, &failure) == 0);
	CHECK(fstatat(root, "a/b/c", &status, 0) == 0 && (status.st_mode & 07777) == 01777);
	CHECK(rootpath_make_directory(root, "/a/b/c", 0700, &failure) == 0);
	CHECK(fstatat(root, "a/b/c", &status, 0) == 0 && (status.st_mode & 07777) == 01777);
	CHECK(rootpath_make_directory(root, "/inside/d", 0755, &failure) == 0);
	CHECK(exists(root, "real/d"));
}

static void no_directory_is_made_through_a_symlink_that_leaves(void)
{
	CHECK(rootpath_make_directory(root, "/beside/mine", 0755, &failure) < 0);
	CHECK(rootpath_make_directory(root, "/magic/mine", 0755, &failure) < 0);
	CHECK(!exists(host, "secret/mine"));
}

static void a_file_is_written_and_replaced(void)
{
	char text[8] = "";
	int fd;

	CHECK(rootpath_write_file(root, "/real/etc/name", 0640, "longer", &failure) == 0);
	CHECK(rootpath_write_file(root, "/real/etc/name", 0640, "short", &failure) == 0);
	fd = openat(root, "real/etc/name", O_RDONLY);
	CHECK(read(fd, text, sizeof text) == 5);
	close(fd);
	CHECK_TEXT(text, "short");
}

static void a_file_that_is_a_symlink_or_fifo_is_not_written(void)
{
	CHECK(symlinkat("/real/etc/name", root, "link") == 0);
	CHECK(rootpath_write_file(root, "/link", 0644, "x", &failure) < 0 && failure.number == ELOOP);
	CHECK(rootpath_write_file(root, "/fifo", 0644, "x", &failure) < 0);
}

static void a_mount_point_is_made_of_the_kind_asked_for(void)
{
	struct stat status;
	int fd = rootpath_make_mount_point(root, "/mounts/file", 0, &failure);

	CHECK(fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode));
	close(fd);
	fd = rootpath_make_mount_point(root, "/mounts/directory", 1, &failure);
	CHECK(fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode));
	close(fd);
}

int main(void)
{
	umask(0);
	make_hostile_root();
	RUN(a_symlink_is_followed_within_the_root_only);
	RUN(a_mount_point_has_no_symlink_in_its_path);
	RUN(directories_are_made_in_the_root_with_their_parents);
	RUN(no_directory_is_made_through_a_symlink_that_leaves);
	RUN(a_file_is_written_and_replaced);
	RUN(a_file_that_is_a_symlink_or_fifo_is_not_written);
	RUN(a_mount_point_is_made_of_the_kind_asked_for);
	return nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
