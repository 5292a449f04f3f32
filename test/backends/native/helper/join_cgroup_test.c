#include "join_cgroup.h"

#include "check.h"

static const char *locate(const char *path, const char *membership)
{
	static char located[256];
	return join_cgroup_locate(path, membership, located, sizeof located) == 0 ? located : NULL;
}

static void init_in_a_group_below_is_found_there(void)
{
	CHECK_TEXT(locate("/sys/fs/cgroup/tsmachine/a", "/tsmachine/a/init.scope"), "/sys/fs/cgroup/tsmachine/a/init.scope");
	CHECK_TEXT(locate("/sys/fs/cgroup/unified/t/a", "/t/a/x/y"), "/sys/fs/cgroup/unified/t/a/x/y");
	CHECK_TEXT(locate("/sys/fs/cgroup/t/a", "/t/a"), "/sys/fs/cgroup/t/a");
}

static void names_count_as_a_whole(void)
{
	CHECK_TEXT(locate("/sys/fs/cgroup/t/a", "/t/ab/x"), NULL);
	CHECK_TEXT(locate("/sys/fs/cgroup/t/a", "/other/x"), NULL);
	CHECK_TEXT(locate("/sys/fs/cgroup/t/a", "/"), NULL);
}

static void a_name_that_repeats_is_matched_at_its_longest(void)
{
	CHECK_TEXT(locate("/sys/fs/cgroup/a/a", "/a/a/a"), "/sys/fs/cgroup/a/a/a");
}

int main(void)
{
	RUN(init_in_a_group_below_is_found_there);
	RUN(names_count_as_a_whole);
	RUN(a_name_that_repeats_is_matched_at_its_longest);
	return 0;
}
