/*
 * Paths in a machine's root. The root is hostile: each path goes to the kernel unresolved, which keeps symlinks and `..` inside
 * (openat2(2)); what follows works on descriptors, so that nothing is looked up twice.
 * All return a close-on-exec descriptor (or 0 where said), or -1 with *failure.
 */
#ifndef TSMACHINE_ROOTPATH_H
#define TSMACHINE_ROOTPATH_H

#include <sys/types.h>

#include "report.h"

/* An O_PATH descriptor of what is there. Symlinks are followed within the root. */
int rootpath_open(int root, const char *path, struct failure *failure);

/* The same for a mount point: a symlink anywhere in the path is refused (ELOOP), it would put the mount where nobody expects it. */
int rootpath_mount_point(int root, const char *path, struct failure *failure);

/* The directory that holds the last component, made with its parents (0755) when missing; *base points into `path`. */
int rootpath_parent(int root, const char *path, const char **base, struct failure *failure);

/* Makes a directory and its parents (0755); existing is fine. 0. */
int rootpath_make_directory(int root, const char *path, mode_t mode, struct failure *failure);

/* Makes a file of this content, or replaces the content of a regular file. 0. */
int rootpath_write_file(int root, const char *path, mode_t mode, const char *text, struct failure *failure);

/* Makes an empty file (mode 0644) or a directory (0755) to mount on, if missing, and opens it as a mount point. */
int rootpath_make_mount_point(int root, const char *path, int directory, struct failure *failure);

/* A symlink or character device. Existing is a failure (EEXIST). 0. */
int rootpath_make_symlink(int root, const char *target, const char *path, struct failure *failure);
int rootpath_make_device(int root, const char *path, mode_t mode, dev_t device, struct failure *failure);

#endif
