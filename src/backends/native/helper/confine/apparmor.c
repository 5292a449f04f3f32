#include "apparmor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LONGEST_NAME = 255 };

/* A process confines itself once. */
static int held_proc = -1;

const char *apparmor_check(const char *profile)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:";
	size_t length = strlen(profile);

	return length > 0 && length <= LONGEST_NAME && strspn(profile, allowed) == length ? NULL : "no name of a profile";
}

int apparmor_hold_proc(struct failure *failure)
{
	struct statfs found;

	held_proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (held_proc < 0)
		return fail(failure, "open", "/proc");
	if (fstatfs(held_proc, &found) < 0)
		return fail(failure, "fstatfs", "/proc");
	return found.f_type == PROC_SUPER_MAGIC ? 0 : fail_with(failure, ENODEV, "fstatfs", "/proc");
}

/* What is mounted over a file of /proc is not passed through. The kernel wants the opener's credentials to be the writer's. */
static int open_attribute(const char *path)
{
	struct open_how how = {
		.flags = O_WRONLY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, held_proc, path, &how, sizeof how);
}

/* AppArmor has its own directory since 5.8; before, the attribute is that of the one module that has it. */
static int write_attribute(const char *text, struct failure *failure)
{
	int fd = open_attribute("thread-self/attr/apparmor/current");
	ssize_t length = (ssize_t)strlen(text);

	if (fd < 0 && errno == ENOENT)
		fd = open_attribute("thread-self/attr/current");
	if (fd < 0)
		return fail(failure, "openat2", "attr/current");
	if (write(fd, text, (size_t)length) != length) {
		fail(failure, "write", text + strlen("changeprofile "));
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int apparmor_set(const struct record *operation, struct failure *failure)
{
	char text[sizeof "changeprofile " + LONGEST_NAME];
	int result;

	if (apparmor_check(operation->arguments[0]) != NULL)
		return fail_with(failure, EINVAL, "apparmor", NULL);
	if (held_proc < 0)
		return fail_with(failure, EBADF, "apparmor", "/proc");
	snprintf(text, sizeof text, "changeprofile %s", operation->arguments[0]);
	result = write_attribute(text, failure);
	close(held_proc);
	held_proc = -1;
	return result;
}
