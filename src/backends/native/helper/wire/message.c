#include "message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr header; /* for alignment */
	char bytes[CMSG_SPACE(sizeof(int))];
};

int message_send(int socket, const struct message *message, int descriptor)
{
	struct iovec data = { (void *)message, sizeof *message };
	union control control = { .bytes = { 0 } };
	struct msghdr header = { .msg_iov = &data, .msg_iovlen = 1 };
	ssize_t sent;

	if (descriptor >= 0) {
		struct cmsghdr *item;

		header.msg_control = control.bytes;
		header.msg_controllen = sizeof control.bytes;
		item = CMSG_FIRSTHDR(&header);
		item->cmsg_level = SOL_SOCKET;
		item->cmsg_type = SCM_RIGHTS;
		item->cmsg_len = CMSG_LEN(sizeof descriptor);
		memcpy(CMSG_DATA(item), &descriptor, sizeof descriptor);
	}
	do
		sent = sendmsg(socket, &header, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -1 : 0;
}

int message_receive(int socket, struct message *message, int *descriptor)
{
	struct iovec data = { message, sizeof *message };
	union control control = { .bytes = { 0 } };
	struct msghdr header = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes,
	};
	struct cmsghdr *item;
	ssize_t got;

	*descriptor = -1;
	do
		got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return (int)got;
	item = CMSG_FIRSTHDR(&header);
	if (item != NULL && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS)
		memcpy(descriptor, CMSG_DATA(item), sizeof *descriptor);
	if (got == sizeof *message)
		return 1;
	errno = EBADMSG;
	return -1;
}
