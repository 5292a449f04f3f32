/*
 * Pushes bytes into a terminal's input, as if the person before it had typed them: what a command in a machine would do to
 * the shell that it was started from (CVE-2016-2568, CVE-2017-5226). Usage: tiocsti PATH..., `-` is standard input.
 */
#define _GNU_SOURCE
#include "outcome.h"

#include <fcntl.h>
#include <linux/tiocl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void push(const char *name, int fd)
{
	/* The kernel takes 32 bits of the request, a filter compares 64: CVE-2019-10063. */
	unsigned long disguised = (unsigned long)TIOCSTI | 1UL << 32;
	char label[256], byte = '#', paste[2] = { TIOCL_PASTESEL, 0 };

	snprintf(label, sizeof(label), "%s-TIOCSTI", name);
	outcome(label, syscall(SYS_ioctl, fd, (unsigned long)TIOCSTI, &byte));
	snprintf(label, sizeof(label), "%s-TIOCSTI-disguised", name);
	outcome(label, syscall(SYS_ioctl, fd, disguised, &byte));
	snprintf(label, sizeof(label), "%s-TIOCLINUX", name);
	outcome(label, syscall(SYS_ioctl, fd, (unsigned long)TIOCLINUX, paste));
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int fd = strcmp(argv[i], "-") == 0 ? 0 : open(argv[i], O_RDWR | O_NOCTTY);

		if (fd < 0)
			outcome(argv[i], fd);
		else
			push(argv[i], fd);
	}
	return 0;
}
