#include "readiness.h"

#include "state.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/* More than systemd ever sends; what is longer is cut off, and the part that is left is read as it is. */
enum { DATAGRAM_BYTES = 4096 };

/* Room for the sender alone: descriptors that come along are closed by the kernel for want of it. */
union control {
	struct cmsghdr header; /* for alignment */
	char bytes[CMSG_SPACE(sizeof(struct ucred))];
};

static pid_t sender_of(struct msghdr *message)
{
	struct cmsghdr *item = CMSG_FIRSTHDR(message);
	struct ucred sender;

	if (item == NULL || item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_CREDENTIALS ||
	    item->cmsg_len != CMSG_LEN(sizeof sender))
		return 0;
	memcpy(&sender, CMSG_DATA(item), sizeof sender);
	return sender.pid;
}

/* A line by itself, wherever it stands. */
static bool says_ready(const char *text, size_t length)
{
	static const char word[] = "READY=1";
	const char *line = text, *end = text + length;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t size = (size_t)((stop == NULL ? end : stop) - line);

		if (size == sizeof word - 1 && memcmp(line, word, size) == 0)
			return true;
		line += size + 1;
	}
	return false;
}

static enum readiness_answer receive_one(struct readiness *readiness, bool *empty)
{
	char text[DATAGRAM_BYTES];
	union control control;
	struct iovec data = { text, sizeof text };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	ssize_t length = recvmsg(readiness->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (length < 0) {
		*empty = errno == EAGAIN;
		return errno == EAGAIN || errno == EINTR ? READINESS_WAITING : READINESS_GIVEN_UP;
	}
	if (sender_of(&message) != readiness->init || !says_ready(text, (size_t)length))
		return --readiness->left == 0 ? READINESS_GIVEN_UP : READINESS_WAITING;
	readiness->at = wall_clock_ms();
	return READINESS_READY;
}

enum readiness_answer readiness_receive(struct readiness *readiness)
{
	enum readiness_answer answer = READINESS_WAITING;
	bool empty = false;

	for (int turn = 0; turn < READINESS_TURN && answer == READINESS_WAITING && !empty; turn++)
		answer = receive_one(readiness, &empty);
	return answer;
}
