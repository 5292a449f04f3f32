#include "cgroup_fork.h"

#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's exit code says where it thinks it is; it must agree with what the parent is told. */
static bool is_born_there(const char *directory)
{
	bool there;
	int status;
	pid_t child = cgroup_fork(directory, &there);

	if (child == 0)
		_exit(there ? 1 : 0);
	CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == (there ? 1 : 0));
	return there;
}

static void without_a_group_it_is_a_fork(void)
{
	CHECK(!is_born_there(NULL));
}

static void a_directory_that_is_no_group_is_not_insisted_on(void)
{
	CHECK(!is_born_there("/nonexistent"));
	CHECK(!is_born_there("/"));
}

/* The last line of the child's membership is that of cgroup v2. */
static void in_a_group_of_v2_the_child_is_born_there(const char *group)
{
	char text[8192] = "", *last;
	bool there;
	int link[2], status;
	ssize_t length;

	CHECK(pipe(link) == 0);
	pid_t child = cgroup_fork(group, &there);
	CHECK(there);
	if (child == 0) {
		dup2(link[1], STDOUT_FILENO);
		execl("/bin/cat", "cat", "/proc/self/cgroup", NULL);
		_exit(127);
	}
	close(link[1]);
	for (size_t filled = 0; (length = read(link[0], text + filled, sizeof text - 1 - filled)) > 0;)
		filled += (size_t)length;
	close(link[0]);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	last = strstr(text, "0::");
	CHECK(last != NULL);
	CHECK(strncmp(strrchr(last, '/'), strrchr(group, '/'), strlen(strrchr(group, '/'))) == 0);
}

/* Some kernels kill who is born in such a group. */
static void in_a_group_that_was_killed_before_a_child_lives_all_the_same(const char *group)
{
	char path[4096];
	bool there;
	int status;

	snprintf(path, sizeof path, "%s/cgroup.kill", group);
	int kill = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(kill >= 0 && write(kill, "1", 1) == 1);
	close(kill);
	pid_t child = cgroup_fork(group, &there);
	if (child == 0)
		_exit(7);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* TSMACHINE_TEST_GROUP: a group of cgroup v2, which only root can make. */
int main(void)
{
	const char *group = getenv("TSMACHINE_TEST_GROUP");

	RUN(without_a_group_it_is_a_fork);
	RUN(a_directory_that_is_no_group_is_not_insisted_on);
	if (group != NULL) {
		in_a_group_of_v2_the_child_is_born_there(group);
		in_a_group_that_was_killed_before_a_child_lives_all_the_same(group);
		printf("ok a child is born in %s\n", group);
	}
	return 0;
}
