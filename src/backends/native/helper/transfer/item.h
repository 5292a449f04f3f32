/* One file on the side of a transfer that writes: made, given what it shall be, and then its name. */
#ifndef TSMACHINE_ITEM_H
#define TSMACHINE_ITEM_H

#include "arrival.h"
#include "parcel.h"
#include "transfer.h"

enum { ITEM_TEMPORARY_BYTES = 48 };

struct item {
	uint32_t kind; /* PARCEL_FILE, PARCEL_SYMLINK, PARCEL_LEAVE for a directory; 0: nothing */
	struct parcel_head head;
	int parent; /* not owned */
	int fd;     /* owned, but a directory's; -1: nothing is to be set */
	bool needs_mode;
	char name[NAME_MAX + 1];
	char temporary[ITEM_TEMPORARY_BYTES]; /* what it is called as yet; empty: it has its name */
};

/* The functions below return NULL, or the system call that failed, with errno. */

/* With its content, and its owner. */
const char *item_make_file(struct item *item, const struct transfer *transfer, const struct arrival *arrival,
			   const struct parcel *parcel, const char *name);
const char *item_make_symlink(struct item *item, const struct transfer *transfer, const struct arrival *arrival,
			      const struct parcel *parcel, const char *name);

/* A directory that is full. */
struct item item_directory(int fd, const struct arrival_level *level);

const char *item_set_xattr(struct item *item, const struct parcel *parcel);

/* Mode, times and name. */
const char *item_finish(struct item *item, const struct transfer *transfer);

/* What has not got its name, or not all that it shall be, goes. */
void item_abandon(struct item *item);

/* One that nobody can know beforehand. */
void item_temporary_name(char name[ITEM_TEMPORARY_BYTES]);

#endif
