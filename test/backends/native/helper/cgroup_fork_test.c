#include "cgroup_fork.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_directory_that_is_no_group_bears_nobody(void)
{
	CHECK(cgroup_fork("/nonexistent") == -1);
	CHECK(cgroup_fork("/") == -1);
}

/* The last line of the child's membership is that of cgroup v2. */
static void in_a_group_of_v2_the_child_is_born_there(const char *group)
{
	char text[8192] = "", *last;
	int link[2], status;
	ssize_t length;

	CHECK(pipe(link) == 0);
	pid_t child = cgroup_fork(group);
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

/* TSMACHINE_TEST_GROUP: a group of cgroup v2, which only root can make. */
int main(void)
{
	const char *group = getenv("TSMACHINE_TEST_GROUP");

	RUN(a_directory_that_is_no_group_bears_nobody);
	if (group != NULL) {
		in_a_group_of_v2_the_child_is_born_there(group);
		printf("ok a child is born in %s\n", group);
	}
	return 0;
}
