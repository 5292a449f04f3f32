#include "apparmor.h"

#include <errno.h>
#include <stdbool.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

static char *profile[] = { "tsmachine-default-v1", NULL };
static const struct record operation = { "apparmor", 1, profile };

static void names_are_plain_and_of_a_bounded_length(void)
{
	char longest[257];

	memset(longest, 'x', 256);
	longest[256] = '\0';
	CHECK_TEXT(apparmor_check("tsmachine-default-v1"), NULL);
	CHECK_TEXT(apparmor_check("/usr/bin/x"), NULL);
	CHECK(apparmor_check("") != NULL);
	CHECK(apparmor_check("two words") != NULL);
	CHECK(apparmor_check("line\n") != NULL);
	CHECK(apparmor_check(longest) != NULL);
	CHECK_TEXT(apparmor_check(longest + 1), NULL);
}

static void nothing_is_written_before_the_hosts_proc_is_held(void)
{
	struct failure failure = { 0 };

	CHECK(apparmor_set(&operation, &failure) < 0);
	CHECK(failure.number == EBADF);
}

/* The kernel may have no AppArmor, or no such profile: any of its own answers is fine, silence and EXDEV are not. */
static bool is_the_kernels_answer(int result, const struct failure *failure)
{
	return result == 0 ||
	       ((strcmp(failure->syscall, "write") == 0 || strcmp(failure->syscall, "openat2") == 0) && failure->number != EXDEV);
}

/* Over every file that the profile's name might be written to. */
static void cover_attributes(const char *fake)
{
	static const char *const files[] = { "attr/current", "attr/apparmor/current" };
	char path[128];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "/proc/%d/task/%d/%s", getpid(), (int)syscall(SYS_gettid), files[i]);
		if (access(path, F_OK) == 0)
			CHECK(mount(fake, path, NULL, MS_BIND, NULL) == 0);
	}
}

static void what_is_mounted_over_the_file_is_not_written_to(void)
{
	char fake[] = "/tmp/tsmachine-attr-XXXXXX";
	struct failure failure = { 0 };
	struct stat found;
	int fd = mkstemp(fake), result;

	CHECK(fd >= 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(apparmor_hold_proc(&failure) == 0);
	CHECK(unshare(CLONE_NEWNS) == 0);
	cover_attributes(fake);
	result = apparmor_set(&operation, &failure);
	CHECK(is_the_kernels_answer(result, &failure));
	CHECK(fstat(fd, &found) == 0 && found.st_size == 0);

	/* Nor if it was there from the beginning. */
	CHECK(apparmor_hold_proc(&failure) == 0);
	CHECK(apparmor_set(&operation, &failure) < 0);
	CHECK(failure.number == EXDEV);
	CHECK(fstat(fd, &found) == 0 && found.st_size == 0);
	CHECK(unlink(fake) == 0);
}

int main(void)
{
	RUN(names_are_plain_and_of_a_bounded_length);
	RUN(nothing_is_written_before_the_hosts_proc_is_held);
	if (geteuid() != 0) {
		printf("not run: what_is_mounted_over_the_file_is_not_written_to: only root can mount\n");
		return 0;
	}
	RUN(what_is_mounted_over_the_file_is_not_written_to);
	return 0;
}
