#include "readiness.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static int sockets[2];
static struct readiness readiness;

/* One that hears this process as init. */
static void begin(void)
{
	int on = 1;

	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) == 0);
	CHECK(setsockopt(sockets[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0);
	readiness = (struct readiness){ .fd = sockets[0], .init = getpid(), .left = READINESS_BUDGET };
}

static void finish(void)
{
	close(sockets[0]);
	close(sockets[1]);
}

static void say(const char *text)
{
	CHECK(send(sockets[1], text, strlen(text), 0) == (ssize_t)strlen(text));
}

static void init_says_that_it_is_ready(void)
{
	begin();
	CHECK(readiness_receive(&readiness) == READINESS_WAITING);
	say("STATUS=booting");
	say("READY=0");
	say("XREADY=1\nREADY=1 \nREADY=11\n");
	CHECK(readiness_receive(&readiness) == READINESS_WAITING);
	CHECK(readiness.at == 0);
	say("STATUS=done\nREADY=1\nMAINPID=1\n");
	CHECK(readiness_receive(&readiness) == READINESS_READY);
	CHECK(readiness.at > 0);
	finish();
}

static void another_process_does_not_speak_for_init(void)
{
	begin();
	pid_t child = fork();
	if (child == 0) {
		say("READY=1");
		_exit(0);
	}
	CHECK(waitpid(child, NULL, 0) == child);
	CHECK(readiness_receive(&readiness) == READINESS_WAITING);
	CHECK(readiness.at == 0);
	finish();
}

static void who_writes_without_end_is_given_up(void)
{
	unsigned turns = 0;

	begin();
	enum readiness_answer answer = READINESS_WAITING;
	while (answer == READINESS_WAITING && turns < 2 * READINESS_BUDGET) {
		say("READY=0");
		answer = readiness_receive(&readiness);
		turns++;
	}
	CHECK(answer == READINESS_GIVEN_UP);
	CHECK(turns == READINESS_BUDGET);
	finish();
}

static void empty_and_long_and_binary_ones_are_nothing(void)
{
	static char much[100000];

	begin();
	memset(much, '\n', sizeof much);
	CHECK(send(sockets[1], "", 0, 0) == 0);
	CHECK(send(sockets[1], much, sizeof much, 0) == sizeof much);
	CHECK(send(sockets[1], "READY=1\0", 8, 0) == 8);
	memcpy(much + 4092, "READY=1", 7); /* cut off at 4096 */
	CHECK(send(sockets[1], much, sizeof much, 0) == sizeof much);
	CHECK(readiness_receive(&readiness) == READINESS_WAITING);
	finish();
}

/* Each would else be one that the monitor has no more, for as long as it lives. */
static void descriptors_that_come_along_are_not_kept(void)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec data = { "READY=1", 7 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes
	};
	struct cmsghdr *item = CMSG_FIRSTHDR(&message);
	int probe;

	begin();
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(item), &sockets[1], sizeof(int));
	probe = dup(sockets[1]);
	close(probe);
	CHECK(sendmsg(sockets[1], &message, 0) == 7);
	CHECK(readiness_receive(&readiness) == READINESS_READY);
	CHECK(fcntl(probe, F_GETFD) < 0);
	finish();
}

static void a_broken_socket_is_given_up(void)
{
	readiness = (struct readiness){ .fd = open("/dev/null", O_RDONLY), .init = getpid(), .left = 10 };
	CHECK(readiness_receive(&readiness) == READINESS_GIVEN_UP);
	close(readiness.fd);
}

/* Deterministic nonsense, the word itself among it. */
static void nonsense_does_no_harm(void)
{
	static const char pieces[][9] = { "READY=1", "\n", "READY", "=1", "", "\xff\xfe", "STATUS=x", "1" };

	srand(7);
	begin();
	for (int round = 0; round < 2000; round++) {
		char text[128] = "";
		for (int piece = rand() % 8; piece > 0; piece--)
			strcat(text, pieces[rand() % 8]);
		bool ready = strcmp(text, "READY=1") == 0 || strncmp(text, "READY=1\n", 8) == 0;
		ready = ready || strstr(text, "\nREADY=1\n") != NULL;
		size_t length = strlen(text);
		ready = ready || (length >= 8 && strcmp(text + length - 8, "\nREADY=1") == 0);
		readiness.left = READINESS_BUDGET;
		say(text);
		CHECK(readiness_receive(&readiness) == (ready ? READINESS_READY : READINESS_WAITING));
	}
	finish();
}

int main(void)
{
	RUN(init_says_that_it_is_ready);
	RUN(another_process_does_not_speak_for_init);
	RUN(who_writes_without_end_is_given_up);
	RUN(empty_and_long_and_binary_ones_are_nothing);
	RUN(descriptors_that_come_along_are_not_kept);
	RUN(a_broken_socket_is_given_up);
	RUN(nonsense_does_no_harm);
	return 0;
}
