#include "parcel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "transfer.h"

enum { NANOSECONDS = 1000000000, MODE_BITS = 07777 };

struct parcel_head parcel_head_of(enum parcel_kind kind, const struct stat *status)
{
	return (struct parcel_head){
		.kind = kind,
		.mode = status->st_mode & MODE_BITS,
		.uid = status->st_uid,
		.gid = status->st_gid,
		.size = (uint64_t)status->st_size,
		.device = status->st_dev,
		.inode = status->st_ino,
		.links = status->st_nlink,
		.accessed = status->st_atim.tv_sec,
		.modified = status->st_mtim.tv_sec,
		.accessed_nanoseconds = (uint32_t)status->st_atim.tv_nsec,
		.modified_nanoseconds = (uint32_t)status->st_mtim.tv_nsec,
	};
}

/* Room for one descriptor beside a packet. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void attach(struct msghdr *packet, union control *control, int descriptor)
{
	struct cmsghdr *header;

	memset(control, 0, sizeof *control);
	packet->msg_control = control;
	packet->msg_controllen = sizeof *control;
	header = CMSG_FIRSTHDR(packet);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof descriptor);
	memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
}

int parcel_send(int socket, const struct parcel_head *given, const char *name, const void *value, size_t length, int descriptor)
{
	struct parcel_head head = *given;
	union control control;
	struct iovec parts[] = {
		{ &head, sizeof head }, { (void *)(name == NULL ? "" : name), name == NULL ? 0 : strlen(name) }, { (void *)value, length },
	};
	struct msghdr packet = { .msg_iov = parts, .msg_iovlen = sizeof parts / sizeof *parts };
	ssize_t sent;

	head.name_length = (uint32_t)parts[1].iov_len;
	head.value_length = (uint32_t)length;
	if (descriptor >= 0)
		attach(&packet, &control, descriptor);
	do
		sent = sendmsg(socket, &packet, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR && !transfer_stopped);
	return sent < 0 ? -1 : 0;
}

static bool is_component(const char *name, size_t length)
{
	return length > 0 && memchr(name, '\0', length) == NULL && memchr(name, '/', length) == NULL &&
	       !(length == 2 && memcmp(name, "..", 2) == 0);
}

static bool fits_kind(const struct parcel_head *head, const char *name, const char *value, bool has_descriptor)
{
	bool is_file = head->kind == PARCEL_FILE || head->kind == PARCEL_STREAM;
	size_t length = head->value_length;

	if (has_descriptor != is_file)
		return false;
	switch (head->kind) {
	case PARCEL_END:
	case PARCEL_LEAVE:
		return head->name_length == 0 && length == 0;
	case PARCEL_FILE:
	case PARCEL_STREAM:
	case PARCEL_DIRECTORY:
		return is_component(name, head->name_length) && length == 0;
	case PARCEL_SYMLINK:
		return is_component(name, head->name_length) && length > 0 && length < PATH_MAX && memchr(value, '\0', length) == NULL;
	case PARCEL_XATTR:
		return head->name_length > 0 && memchr(name, '\0', head->name_length) == NULL;
	default:
		return false;
	}
}

bool parcel_take(const struct parcel_head *head, const char *body, size_t length, bool has_descriptor, struct parcel *parcel)
{
	if (head->name_length > NAME_MAX || head->value_length > XATTR_SIZE_MAX ||
	    (size_t)head->name_length + head->value_length != length)
		return false;
	if (head->mode > MODE_BITS || head->size > INT64_MAX || head->accessed_nanoseconds >= NANOSECONDS ||
	    head->modified_nanoseconds >= NANOSECONDS)
		return false;
	if (!fits_kind(head, body, body + head->name_length, has_descriptor))
		return false;
	parcel->head = *head;
	memcpy(parcel->name, body, head->name_length);
	parcel->name[head->name_length] = '\0';
	memcpy(parcel->value, body + head->name_length, head->value_length);
	parcel->value[head->value_length] = '\0';
	return true;
}

static int descriptor_of(struct msghdr *packet)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(packet);
	int descriptor = -1;

	if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof descriptor))
		memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
	return descriptor;
}

int parcel_receive(int socket, struct parcel *parcel)
{
	static char body[PARCEL_BODY];
	struct parcel_head head;
	union control control;
	struct iovec parts[] = { { &head, sizeof head }, { body, sizeof body } };
	struct msghdr packet = {
		.msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control,
	};
	ssize_t got;

	do
		got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR && !transfer_stopped);
	if (got <= 0)
		return got < 0 ? -1 : 0;
	parcel->descriptor = descriptor_of(&packet);
	if ((packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 && (size_t)got >= sizeof head &&
	    parcel_take(&head, body, (size_t)got - sizeof head, parcel->descriptor >= 0, parcel))
		return 1;
	if (parcel->descriptor >= 0)
		close(parcel->descriptor);
	errno = EBADMSG;
	return -1;
}
