/* Features that one system call tells of. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

bool probe_release(int unused, struct detail *detail)
{
	struct utsname name;
	unsigned major = 0, minor = 0;
	(void)unused;
	uname(&name);
	sscanf(name.release, "%u.%u", &major, &minor);
	bool enough = major > 5 || (major == 5 && minor >= 19);
	return probe_say(detail, enough, "%s on %s%s", name.release, name.machine, enough ? "" : ", older than 5.19");
}

bool probe_pidfd(int unused, struct detail *detail)
{
	(void)unused;
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (fd < 0)
		return probe_refused(detail, "pidfd_open");
	bool works = syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0;
	close(fd);
	return works ? probe_say(detail, true, "pidfd_open, pidfd_send_signal") : probe_refused(detail, "pidfd_send_signal");
}

bool probe_openat2(int unused, struct detail *detail)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	(void)unused;
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how);
	if (fd < 0)
		return probe_refused(detail, "openat2");
	close(fd);
	return probe_say(detail, true, "RESOLVE_IN_ROOT");
}

/* With a bad descriptor: the errno tells whether the call is there and allowed. */
bool probe_mount_setattr(int unused, struct detail *detail)
{
	(void)unused;
	syscall(SYS_mount_setattr, -1, "", 0, NULL, 0);
	return errno == ENOSYS || errno == EPERM ? probe_refused(detail, "mount_setattr") : probe_say(detail, true, "mount_setattr");
}

bool probe_close_range(int unused, struct detail *detail)
{
	(void)unused;
	if (syscall(SYS_close_range, ~0u, ~0u, 0) < 0)
		return probe_refused(detail, "close_range");
	return probe_say(detail, true, "close_range");
}

bool probe_seccomp(int unused, struct detail *detail)
{
	uint32_t action = SECCOMP_RET_ERRNO;
	(void)unused;
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0)
		return probe_refused(detail, "seccomp");
	return probe_say(detail, true, "filters that answer with an errno");
}

bool probe_btrfs(int unused, struct detail *detail)
{
	char line[128];
	bool known = false;
	FILE *file = fopen("/proc/filesystems", "re");
	(void)unused;
	while (file && !known && fgets(line, sizeof line, file))
		known = strcmp(line, "\tbtrfs\n") == 0;
	if (file)
		fclose(file);
	return probe_say(detail, known, known ? "in /proc/filesystems" : "not in /proc/filesystems (a module may be loaded later)");
}
