/* The operations of rank 1 and 2: what makes an attached tree into a machine's file system. */
#ifndef TSMACHINE_FURNISH_H
#define TSMACHINE_FURNISH_H

#include "records.h"
#include "report.h"

struct room {
	int staging; /* directory with the slots */
	int root;    /* the machine's root, attached; -1 before */
	int console; /* slave of the console's pty, or -1 */
	int socket;  /* to the monitor */
};

/* 1: done; 0: not an operation of these ranks; -1 with *failure. */
int furnish(struct room *room, const struct record *operation, struct failure *failure);

#endif
