/* capabilities(7) of this process. All return 0, or -1 with *failure, but for the check. */
#ifndef TSMACHINE_CAPABILITIES_H
#define TSMACHINE_CAPABILITIES_H

#include "records.h"
#include "report.h"

/* The operation `capabilities NUMBER...`: the bounding, permitted and effective sets become these, the inheritable and ambient ones empty. */
int capabilities_set(const struct record *operation, struct failure *failure);

/* NULL, or what is malformed in it. */
const char *capabilities_check(const struct record *operation);

/* The effective set becomes the permitted one, which a change of user leaves when PR_SET_KEEPCAPS is set. */
int capabilities_raise(struct failure *failure);

#endif
