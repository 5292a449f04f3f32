/* What init-to-be and the monitor tell each other while a machine is born: packets over a socketpair. */
#ifndef TSMACHINE_MESSAGE_H
#define TSMACHINE_MESSAGE_H

#include <stddef.h>

#include "report.h"

enum message_kind {
	MESSAGE_GO = 'g',      /* monitor: id maps, cgroups and slots are ready */
	MESSAGE_CONSOLE = 'c', /* init-to-be: with the console's pty master */
	MESSAGE_NOTIFY = 'n',  /* init-to-be: with the socket of sd_notify(3) */
	MESSAGE_EXEC = 'e',    /* init-to-be: all is done but the exec at `index` */
	MESSAGE_FAILED = 'f',  /* init-to-be: the operation at `index` failed */
};

struct message {
	enum message_kind kind;
	size_t index;
	struct failure failure;
};

/* `descriptor` (or -1) travels along. 0, or -1 with errno. */
int message_send(int socket, const struct message *message, int descriptor);

/* 1; 0 when the other side is gone; -1 with errno. *descriptor is close-on-exec, or -1. */
int message_receive(int socket, struct message *message, int *descriptor);

#endif
