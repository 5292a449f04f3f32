/* What takes rights away from a process, the same for a machine's init and for a command that enters it. */
#ifndef TSMACHINE_CONFINE_H
#define TSMACHINE_CONFINE_H

#include "records.h"
#include "report.h"

/*
 * Does one of: rlimit, umask, groups, user, capabilities, apparmor, no-new-privileges, seccomp (arguments as in docs/launch-plan.md).
 * 0, or -1 with *failure. EINVAL for malformed arguments, ENOSYS for another operation.
 */
int confine(const struct record *operation, struct failure *failure);

/*
 * Keeps capabilities over the change of user, so that `capabilities` can still choose among them: to be called before `user`.
 */
int confine_keep_capabilities(struct failure *failure);

/* NULL, or what is malformed in such an operation; executes nothing. Operations of other names are fine. */
const char *confine_check(const struct record *operation);

#endif
