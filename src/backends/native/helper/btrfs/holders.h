/* Who holds a place on disk. */
#ifndef TSMACHINE_HOLDERS_H
#define TSMACHINE_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "inode_table.h"

/*
 * Whether a file that is not among `ours` (subvolume and inode) has what lies at `physical` of the btrfs that `fd` is open on. A
 * subvolume that was deleted holds what it had until the kernel has cleared it away. 0, or -1 with errno.
 */
int holders_have_others(int fd, uint64_t physical, const struct inode_table *ours, bool *others);

#endif
