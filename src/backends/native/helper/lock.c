/*
 * `lock MILLISECONDS FD...`: flock(2) for a program that cannot call it. The lock belongs to the caller's open file description,
 * so it stays after this process, and the kernel releases it when the caller dies.
 * `lock-each MILLISECONDS FD...`: the same for several that have nothing to do with each other.
 */
#include "launch.h"
#include "number.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	CODE_USAGE = 2,
	CODE_FAILED = 1,
	CODE_BUSY = 75, /* EX_TEMPFAIL */
	/* After the time-out the alarm rings on: the first may fall just before flock(2) is entered. */
	RING_AGAIN_USEC = 10000,
	ASK_AGAIN_USEC = 2000,
	MOST_LOCKS = 64,
};

static volatile sig_atomic_t time_is_up;

static void ring(int number)
{
	(void)number;
	time_is_up = 1;
}

/* A descriptor, or milliseconds. */
static bool parse_int(const char *text, int *value)
{
	uint64_t number;
	if (!number_parse(text, INT_MAX, &number))
		return false;
	*value = (int)number;
	return true;
}

static void set_alarm(int milliseconds)
{
	struct sigaction action = { .sa_handler = ring }; /* without SA_RESTART: flock must return */
	struct itimerval timer = {
		.it_value = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 },
		.it_interval = { .tv_usec = RING_AGAIN_USEC },
	};
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* 0, or -1 with EWOULDBLOCK when the time is up. */
static int lock_one(int fd, int milliseconds)
{
	while (flock(fd, milliseconds > 0 && !time_is_up ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

static int lock_all(int count, char **arguments, int milliseconds)
{
	for (int index = 0; index < count; index++) {
		int fd;
		if (!parse_int(arguments[index], &fd))
			return CODE_USAGE;
		if (lock_one(fd, milliseconds) == 0)
			continue;
		bool busy = errno == EWOULDBLOCK;
		/* All or none: who waits for the one must not keep others from the rest. */
		while (--index >= 0)
			flock(atoi(arguments[index]), LOCK_UN);
		if (busy)
			printf("%d\n", fd);
		else
			fprintf(stderr, "flock: descriptor %d: %s\n", fd, strerror(errno));
		return busy ? CODE_BUSY : CODE_FAILED;
	}
	return 0;
}

/* True when it is decided: locked, or busy and the time is up. */
static bool decide(int fd, bool last_try)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		printf("%d locked\n", fd);
		/* Ours is a second descriptor of the same lock: it would outlive the caller's release while we wait for others. */
		close(fd);
		return true;
	}
	if (errno == EWOULDBLOCK && !last_try)
		return false;
	printf("%d %s\n", fd, errno == EWOULDBLOCK ? "busy" : "failed");
	return true;
}

/* Each by itself, and said as soon as it is known: no lock waits for another one. So none may block, and we ask again. */
static void lock_each(int *fds, int count, bool may_wait)
{
	while (count > 0) {
		bool last_try = !may_wait || time_is_up;
		int left = 0;
		for (int index = 0; index < count; index++) {
			if (!decide(fds[index], last_try))
				fds[left++] = fds[index];
		}
		fflush(stdout);
		count = left;
		if (count > 0)
			usleep(ASK_AGAIN_USEC);
	}
}

int lock_each_main(int argc, char **argv)
{
	int milliseconds;
	int fds[MOST_LOCKS];
	int count = argc - 2;
	if (count < 1 || count > MOST_LOCKS || !parse_int(argv[1], &milliseconds))
		return CODE_USAGE;
	for (int index = 0; index < count; index++) {
		if (!parse_int(argv[index + 2], &fds[index]))
			return CODE_USAGE;
	}
	if (milliseconds > 0)
		set_alarm(milliseconds);
	lock_each(fds, count, milliseconds > 0);
	return 0;
}

int lock_main(int argc, char **argv)
{
	int milliseconds;
	if (argc < 3 || !parse_int(argv[1], &milliseconds))
		return CODE_USAGE;
	if (milliseconds > 0)
		set_alarm(milliseconds);
	return lock_all(argc - 2, argv + 2, milliseconds);
}
