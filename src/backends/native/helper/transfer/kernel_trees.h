/* Trees that the kernel makes up, as /proc: nobody means to copy them with what lies around them. */
#ifndef TSMACHINE_KERNEL_TREES_H
#define TSMACHINE_KERNEL_TREES_H

#include <stdbool.h>

/* Whether the directory `name` in `parent` is where one begins. A symbolic link is none. */
bool kernel_trees_begins(int parent, const char *name);

#endif
