#include "probe_userns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_of_process(pid_t pid, const char *file, int flags)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	return open(path, flags | O_CLOEXEC);
}

static bool write_map(pid_t pid, const char *file)
{
	char line[64];
	int fd = open_of_process(pid, file, O_WRONLY);
	int length = snprintf(line, sizeof line, "0 %d %d\n", PROBE_FIRST_ID, PROBE_ID_COUNT);
	if (fd < 0)
		return false;
	bool written = write(fd, line, (size_t)length) == length;
	int saved = errno;
	close(fd);
	errno = saved;
	return written;
}

/* The child: makes the namespace, says so, and holds it until it is killed. */
static void hold_namespace(int channel)
{
	char answer = unshare(CLONE_NEWUSER) == 0 ? 0 : (char)errno;
	if (write(channel, &answer, 1) == 1)
		pause();
	_exit(0);
}

static int open_namespace(pid_t child, int channel, struct detail *detail)
{
	char answer = EIO;
	if (read(channel, &answer, 1) != 1 || answer != 0) {
		errno = answer;
		probe_refused(detail, "unshare");
		return -1;
	}
	if (!write_map(child, "uid_map") || !write_map(child, "gid_map")) {
		probe_refused(detail, "writing uid_map and gid_map");
		return -1;
	}
	int fd = open_of_process(child, "ns/user", O_RDONLY);
	if (fd < 0)
		probe_refused(detail, "opening ns/user");
	return fd;
}

int probe_open_userns(struct detail *detail)
{
	int channel[2];
	if (pipe2(channel, O_CLOEXEC) < 0) {
		probe_refused(detail, "pipe2");
		return -1;
	}
	pid_t child = fork();
	if (child == 0) {
		close(channel[0]);
		hold_namespace(channel[1]);
	}
	close(channel[1]);
	int fd = child < 0 ? -1 : open_namespace(child, channel[0], detail);
	close(channel[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	return fd;
}
