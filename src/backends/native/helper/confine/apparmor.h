/* The AppArmor profile of this process and what it executes: apparmor(7), aa_change_profile(2). */
#ifndef TSMACHINE_APPARMOR_H
#define TSMACHINE_APPARMOR_H

#include "records.h"
#include "report.h"

/*
 * Holds the /proc of the mount namespace that we are in, until apparmor_set: to be called in the host's. In a machine's own anything
 * may be mounted where the profile's name is written to, and take it without any effect (CVE-2019-16884, CVE-2025-52881).
 * 0, or -1 with *failure.
 */
int apparmor_hold_proc(struct failure *failure);

/*
 * The operation `apparmor PROFILE`: from now on. Not from the exec on (aa_change_onexec(2)): an exec that changes the label clears the
 * signal for the parent's death, and a machine would outlive its monitor. 0, or -1 with *failure.
 */
int apparmor_set(const struct record *operation, struct failure *failure);

/* NULL, or what is malformed in the profile's name. */
const char *apparmor_check(const char *profile);

#endif
