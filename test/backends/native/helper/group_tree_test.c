#include "group_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

/* Plain directories: like groups they can be removed only when they are empty. A file in one stands for a process. */
static char root[] = "/tmp/tsmachine-groups-XXXXXX";

static int make_child(int parent, const char *name)
{
	CHECK(mkdirat(parent, name, 0755) == 0);
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY);
	CHECK(fd >= 0);
	return fd;
}

static int make_root(void)
{
	CHECK(mkdir(root, 0755) == 0);
	return open(root, O_RDONLY | O_DIRECTORY);
}

static void a_group_without_any_below_is_removed(void)
{
	close(make_root());
	CHECK(group_tree_remove(root) == 0 && access(root, F_OK) < 0);
}

static void what_is_missing_is_fine(void)
{
	CHECK(group_tree_remove(root) == 0);
}

/* Deeper than a path may be long. */
static void neither_depth_nor_number_stops_it(void)
{
	char name[16];
	int fd = make_root();
	for (int depth = 0; depth < 5000; depth++) {
		int child = make_child(fd, "deep");
		snprintf(name, sizeof name, "side%d", depth);
		close(make_child(fd, name));
		close(fd);
		fd = child;
	}
	close(fd);
	CHECK(group_tree_remove(root) == 0 && access(root, F_OK) < 0);
}

static void with_a_process_in_one_it_gives_up(void)
{
	int fd = make_root(), busy = make_child(fd, "busy"), idle = make_child(fd, "idle");
	close(make_child(idle, "below"));
	close(openat(busy, "process", O_CREAT | O_WRONLY, 0644));
	CHECK(group_tree_remove(root) < 0 && errno == EBUSY);
	CHECK(faccessat(fd, "busy", F_OK, 0) == 0);
	CHECK(unlinkat(busy, "process", 0) == 0 && group_tree_remove(root) == 0);
	close(idle);
	close(busy);
	close(fd);
}

static void a_symlink_is_not_followed(void)
{
	int fd = make_root();
	CHECK(symlinkat("/tmp", fd, "link") == 0);
	CHECK(group_tree_remove(root) < 0);
	CHECK(unlinkat(fd, "link", 0) == 0 && group_tree_remove(root) == 0);
	close(fd);
}

int main(void)
{
	CHECK(mkdtemp(root) != NULL && rmdir(root) == 0);
	RUN(a_group_without_any_below_is_removed);
	RUN(what_is_missing_is_fine);
	RUN(neither_depth_nor_number_stops_it);
	RUN(with_a_process_in_one_it_gives_up);
	RUN(a_symlink_is_not_followed);
	return 0;
}
