/* The files of procfs, sysfs and cgroupfs that take a value in one write(2). */
#ifndef TSMACHINE_KERNEL_FILE_H
#define TSMACHINE_KERNEL_FILE_H

#include <stddef.h>

#include "report.h"

/* 0, or -1 with *failure; the kernel's word comes from open(2) or from write(2). */
int kernel_file_write(const char *path, const char *value, size_t length, struct failure *failure);

#endif
