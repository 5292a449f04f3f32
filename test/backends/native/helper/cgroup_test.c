#include "cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static unsigned mode_of(const char *path)
{
	struct stat status;

	CHECK(stat(path, &status) == 0);
	return status.st_mode & 07777;
}

static void a_group_can_be_passed_through_whatever_the_umask(void)
{
	struct failure failure = { 0 };
	mode_t before = umask(077);

	CHECK(cgroup_create("group", &failure) == 0);
	umask(before);
	CHECK(mode_of("group") == 0755);
}

static void a_group_that_is_there_stays_as_it_is(void)
{
	struct failure failure = { 0 };

	CHECK(mkdir("other", 0700) == 0);
	CHECK(cgroup_create("other", &failure) == 0);
	CHECK(mode_of("other") == 0700);
}

static void a_group_without_its_parent_is_not_made(void)
{
	struct failure failure = { 0 };

	CHECK(cgroup_create("missing/group", &failure) < 0);
	CHECK_TEXT(failure.syscall, "mkdir");
}

static void a_group_made_anew_keeps_nothing_of_an_earlier_one(void)
{
	struct failure failure = { 0 };

	CHECK(mkdir("old", 0700) == 0 && mkdir("old/below", 0700) == 0);
	CHECK(cgroup_create_anew("old", &failure) == 0);
	CHECK(mode_of("old") == 0755 && access("old/below", F_OK) < 0);
}

int main(void)
{
	char directory[] = "/tmp/cgroup-test-XXXXXX";

	CHECK(mkdtemp(directory) != NULL && chdir(directory) == 0);
	RUN(a_group_can_be_passed_through_whatever_the_umask);
	RUN(a_group_that_is_there_stays_as_it_is);
	RUN(a_group_made_anew_keeps_nothing_of_an_earlier_one);
	RUN(a_group_without_its_parent_is_not_made);
	CHECK(rmdir("group") == 0 && rmdir("other") == 0 && rmdir("old") == 0 && rmdir(directory) == 0);
	return 0;
}
