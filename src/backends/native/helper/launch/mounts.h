/*
 * The mount system calls, by descriptor. Called directly: glibc knows them from 2.36 on only, and its <sys/mount.h> cannot stand
 * beside <linux/mount.h>, which therefore no other file here includes.
 */
#ifndef TSMACHINE_MOUNTS_H
#define TSMACHINE_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

/* MOUNT_ATTR_* of mount_setattr(2) and fsmount(2). */
enum mount_attributes {
	MOUNTS_READ_ONLY = 0x1,
	MOUNTS_NO_SUID = 0x2,
	MOUNTS_NO_DEVICES = 0x4,
	MOUNTS_NO_EXEC = 0x8,
};

enum mount_propagation { MOUNTS_SHARED, MOUNTS_PRIVATE, MOUNTS_SLAVE };

/* A copy of the mount at `path` (relative to the directory `at`; empty: what `at` is), not attached. Close-on-exec, or -1. */
int mounts_clone(int at, const char *path, bool recursive, struct failure *failure);

/* Changes attributes of a mount not yet attached; `userns` >= 0 also gives it that id map. 0, or -1; `path` is for the report. */
int mounts_set(int mount, uint64_t attributes, int userns, bool recursive, const char *path, struct failure *failure);

/* Attaches on what `target` is: no path is looked up. 0, or -1; `path` is for the report. */
int mounts_attach(int mount, int target, const char *path, struct failure *failure);

/* A new file system of options divided by commas, or "-"; not attached. Close-on-exec, or -1. */
int mounts_new(const char *type, const char *options, unsigned attributes, struct failure *failure);

/* An overlay of "0", "1", ... (top first) under the working directory, if writable with upper/ and work/ in "d"; not attached. */
int mounts_new_overlay(unsigned layers, bool writable, unsigned attributes, struct failure *failure);

/* Of / and all below. 0, or -1. */
int mounts_propagate(enum mount_propagation propagation, struct failure *failure);

/* The directory `root` becomes the root, the old one is detached with all that is mounted in it. 0, or -1. */
int mounts_pivot(int root, struct failure *failure);

#endif
