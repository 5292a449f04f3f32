/* What is looked at before a merge changes anything. */
#ifndef TSMACHINE_MERGE_CHECKS_H
#define TSMACHINE_MERGE_CHECKS_H

#include <stdint.h>

#include "report.h"

/*
 * Whether what lies in `upper` can lie in `lower`, too. EXDEV: on another file system; EINVAL: it is the same one; EOPNOTSUPP, with the
 * xattr in the system call's place: a redirect or the like. `*expected`: how many entries the merge will move or remove. 0, or -1 with
 * *failure, whose path is relative to `upper`. The working directory is another one afterwards.
 */
int merge_check(int upper, int lower, uint64_t *expected, struct failure *failure);

#endif
