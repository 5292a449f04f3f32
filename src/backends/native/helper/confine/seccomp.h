/* The system call filter, compiled to BPF beforehand: libseccomp is not needed here. */
#ifndef TSMACHINE_SECCOMP_H
#define TSMACHINE_SECCOMP_H

#include "records.h"
#include "report.h"

/* The operation `seccomp HEX`. Needs no_new_privs or CAP_SYS_ADMIN. 0, or -1 with *failure. */
int seccomp_set(const struct record *operation, struct failure *failure);

/* NULL, or what is malformed in the program's text. */
const char *seccomp_check(const char *text);

#endif
