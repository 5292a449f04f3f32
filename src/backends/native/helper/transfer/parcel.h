/*
 * What the reader and the writer of a transfer tell each other: packets over a SOCK_SEQPACKET. One of both sits in the machine's
 * namespaces, so the other one believes nothing: each packet is checked before anything is done with it.
 */
#ifndef TSMACHINE_PARCEL_H
#define TSMACHINE_PARCEL_H

#include <limits.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum parcel_kind {
	PARCEL_DIRECTORY = 'd', /* entered: what follows lies in it, up to its PARCEL_LEAVE */
	PARCEL_LEAVE = 'l',
	PARCEL_FILE = 'f',    /* with a descriptor of it */
	PARCEL_STREAM = 's',  /* with a descriptor that is read to its end */
	PARCEL_SYMLINK = 'k', /* `value` is its target */
	PARCEL_XATTR = 'x',   /* of the file, or the left directory, before it: `value` of `name` */
	PARCEL_END = 'e',     /* all is sent */
};

struct parcel_head {
	uint32_t kind;
	uint32_t mode; /* permission bits */
	uint32_t uid, gid;
	uint64_t size;
	uint64_t device, inode, links;
	int64_t accessed, modified; /* seconds */
	uint32_t accessed_nanoseconds, modified_nanoseconds;
	uint32_t name_length, value_length;
};

enum { PARCEL_BODY = NAME_MAX + XATTR_SIZE_MAX };

struct parcel {
	struct parcel_head head;
	char name[NAME_MAX + 1];
	char value[XATTR_SIZE_MAX + 1]; /* NUL behind value_length */
	int descriptor;                 /* close-on-exec, the taker's to close; or -1 */
};

/* Without its name: what the file is. */
struct parcel_head parcel_head_of(enum parcel_kind kind, const struct stat *status);

/* `name` may be NULL, and `value` if its length is 0. 0, or -1 with errno; EPIPE when the other side is gone. */
int parcel_send(int socket, const struct parcel_head *head, const char *name, const void *value, size_t length, int descriptor);

/* 1; 0 when the other side is gone; -1 with errno, EBADMSG for what parcel_take refuses. */
int parcel_receive(int socket, struct parcel *parcel);

/* Fills all but the descriptor from the bytes of a packet, which came with a descriptor or without. False: it is malformed. */
bool parcel_take(const struct parcel_head *head, const char *body, size_t length, bool has_descriptor, struct parcel *parcel);

#endif
