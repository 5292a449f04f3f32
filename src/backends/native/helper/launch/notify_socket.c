#include "notify_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "message.h"
#include "rootpath.h"

/* From within the directory: bind(2) takes no descriptor for one, and a path from / would be looked up in the host's root. */
static int bind_in(int directory, int staging, int socket, const char *base)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t old;
	int bound;

	if (strlen(base) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, base, strlen(base));
	if (fchdir(directory) < 0)
		return -1;
	old = umask(0177);
	bound = bind(socket, (struct sockaddr *)&address, sizeof address);
	umask(old);
	return fchdir(staging) < 0 ? -1 : bound;
}

static int open_socket(void)
{
	int on = 1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	/* Before anybody can send: what has no credentials is nobody's word. */
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

int notify_socket_make(struct room *room, const struct record *record, struct failure *failure)
{
	struct message message = { .kind = MESSAGE_NOTIFY };
	const char *path = record->arguments[0], *base;
	int directory = rootpath_parent(room->root, path, &base, failure);
	int fd, result = 0;

	if (directory < 0)
		return -1;
	fd = open_socket();
	if (fd < 0)
		result = fail(failure, "socket", path);
	else if (bind_in(directory, room->staging, fd, base) < 0)
		result = fail(failure, "bind", path);
	else if (message_send(room->socket, &message, fd) < 0)
		result = fail(failure, "sendmsg", path);
	close(directory);
	if (fd >= 0)
		close(fd);
	return result;
}
