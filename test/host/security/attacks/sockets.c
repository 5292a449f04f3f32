/* Reaches for servers of the host. Usage: sockets ABSTRACT-NAME PORT */
#define _GNU_SOURCE
#include "outcome.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

static int reach_abstract(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	/* Of full length, filled with NULs: so Node.js names its abstract sockets. */
	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", name);
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof(address));
}

static int reach_port(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof(address));
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	outcome("abstract", reach_abstract(argv[1]));
	outcome("loopback", reach_port(atoi(argv[2])));
	return 0;
}
