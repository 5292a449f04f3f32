#include "shifted_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_file.h"

/* The child: makes the namespace, says so by a byte (0, or errno), and holds it until it is killed. */
static void hold(int channel, pid_t parent)
{
	unsigned char answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	answer = unshare(CLONE_NEWUSER) == 0 ? 0 : (unsigned char)errno;
	if (getppid() == parent && write(channel, &answer, 1) == 1)
		pause();
	_exit(0);
}

static int write_map(pid_t pid, const char *kind, const struct id_shift *shift, struct failure *failure)
{
	char path[64], line[64];
	int length = snprintf(line, sizeof line, "0 %u %u\n", shift->base, shift->count);

	snprintf(path, sizeof path, "/proc/%d/%s_map", (int)pid, kind);
	return kernel_file_write(path, line, (size_t)length, failure);
}

static int open_held(pid_t holder, int channel, const struct id_shift *shift, struct failure *failure)
{
	unsigned char answer = EIO;
	char path[64];
	int fd;

	if (read(channel, &answer, 1) != 1 || answer != 0)
		return fail_with(failure, answer, "unshare", "user");
	if (write_map(holder, "uid", shift, failure) < 0 || write_map(holder, "gid", shift, failure) < 0)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)holder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(failure, "open", path) : fd;
}

int shifted_ids_open(const struct id_shift *shift, struct failure *failure)
{
	int channel[2], fd;
	pid_t holder, self = getpid();

	if (pipe2(channel, O_CLOEXEC) < 0)
		return fail(failure, "pipe2", NULL);
	holder = fork();
	if (holder == 0) {
		close(channel[0]);
		hold(channel[1], self);
	}
	close(channel[1]);
	fd = holder < 0 ? fail(failure, "fork", NULL) : open_held(holder, channel[0], shift, failure);
	close(channel[0]);
	if (holder > 0) {
		kill(holder, SIGKILL);
		waitpid(holder, NULL, 0);
	}
	return fd;
}
