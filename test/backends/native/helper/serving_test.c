#include "serving.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* A server that nobody is attached to, with a child that it knows by its pidfd. */
static struct server server;
static pid_t child;
static int ended, terminated;

static void on_told(void)
{
	ended++;
	CHECK(waitpid(child, NULL, 0) == child);
}

static void on_terminated(void)
{
	terminated++;
	CHECK(waitpid(child, NULL, 0) == child);
}

static void nothing(void)
{
}

static void open_server(void)
{
	server = (struct server){
		.console = { .master = -1, .init_pidfd = -1 },
		.on_terminate = nothing,
		.on_terminated = on_terminated,
		.on_happened = nothing,
		.on_told = on_told,
	};
	CHECK(ring_open(&server.ring, NULL, 4096) == 0);
	CHECK(serving_open(&server, socket(AF_UNIX, SOCK_STREAM, 0)) == 0);
}

static int bear_child(void)
{
	child = fork();
	if (child == 0)
		_exit(0);
	return (int)syscall(SYS_pidfd_open, child, 0);
}

/* Serves for a while: nothing else ends it. */
static void serve(void)
{
	int pipes[2];

	CHECK(pipe(pipes) == 0);
	serving_until(&server, pipes[0], 1, 200);
	close(pipes[0]);
	close(pipes[1]);
}

/* What a fork of the monitor has until it executes is a copy of all its descriptors. */
static void a_child_ends_once_though_a_copy_of_its_descriptor_lives_on(void)
{
	int pidfd = bear_child(), copy = dup(pidfd);

	serving_watch_teller(&server, pidfd);
	serve();
	CHECK(ended == 1 && server.teller == -1);
	close(copy);

	pidfd = bear_child();
	copy = dup(pidfd);
	serving_watch_terminator(&server, pidfd);
	serve();
	CHECK(terminated == 1 && server.terminator == -1);
	close(copy);
}

static void one_that_does_not_end_is_not_waited_for(void)
{
	ended = 0;
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	serving_watch_teller(&server, (int)syscall(SYS_pidfd_open, child, 0));
	serve();
	CHECK(ended == 0 && server.teller >= 0);
	kill(child, SIGKILL);
	serve();
	CHECK(ended == 1);
}

int main(void)
{
	open_server();
	RUN(a_child_ends_once_though_a_copy_of_its_descriptor_lives_on);
	RUN(one_that_does_not_end_is_not_waited_for);
	return 0;
}
