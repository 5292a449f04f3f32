/* Loads the filter from standard input, makes calls, and prints what each was answered with. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void ask(const char *name, long number, unsigned long first, unsigned long second)
{
	errno = 0;
	long result = syscall(number, first, second, 0, 0, 0, 0);
	printf("%s %s\n", name, result >= 0 ? "done" : strerrorname_np(errno));
}

int main(void)
{
	static struct sock_filter code[4096];
	ssize_t bytes = 0, got;

	while ((got = read(0, (char *)code + bytes, sizeof(code) - (size_t)bytes)) > 0)
		bytes += got;
	struct sock_fprog program = { .len = (unsigned short)((size_t)bytes / sizeof(code[0])), .filter = code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
		perror("seccomp");
		return 1;
	}
	/* All harmless without the filter too: bad descriptors, no capability needed to be told so. */
	ask("getpid", SYS_getpid, 0, 0);
	ask("kexec_load", SYS_kexec_load, 0, 0);
	ask("open_by_handle_at", SYS_open_by_handle_at, -1UL, 0);
	ask("finit_module", SYS_finit_module, -1UL, 0);
	ask("bpf", SYS_bpf, -1UL, 0);
	ask("keyctl", SYS_keyctl, -1UL, 0);
	ask("io_uring_setup", SYS_io_uring_setup, 0, 0);
	ask("unknown", 10000, 0, 0);
	ask("ioctl", SYS_ioctl, -1UL, 0x5401);
	ask("TIOCSTI", SYS_ioctl, -1UL, 0x5412);
	ask("TIOCSTI-high", SYS_ioctl, -1UL, 0x100005412UL);
	ask("TIOCLINUX", SYS_ioctl, -1UL, 0x541c);
	ask("vsock", SYS_socket, 40, 1);
	ask("unix", SYS_socket, 1, 1);
	return 0;
}
