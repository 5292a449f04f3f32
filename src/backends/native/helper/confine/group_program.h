/*
 * What the kernel runs for a cgroup of v2: a BPF program that it asks at each open and mknod of a device
 * (BPF_PROG_TYPE_CGROUP_DEVICE), and one that marks what sockets send (BPF_PROG_TYPE_CGROUP_SKB). They are written elsewhere; here
 * they are loaded and attached. Beside them others may be attached, by other programs: all are run.
 */
#ifndef TSMACHINE_GROUP_PROGRAM_H
#define TSMACHINE_GROUP_PROGRAM_H

#include <stddef.h>

#include "report.h"

enum group_program { GROUP_DEVICES, GROUP_MARKS };

/* As many instructions as a program may have. */
enum { GROUP_PROGRAM_LONGEST = 4096 };

/* By which ours are known: `name` of bpf(2)'s prog_info. */
#define GROUP_PROGRAM_NAME "tsmachine"

/* NULL, or what is malformed in a program's text: 8 bytes an instruction, host byte order, hexadecimal. */
const char *group_program_check(const char *text);

/*
 * Makes it the group's: in place of an earlier one of ours in one step, so that nothing meets none or both. NULL takes ours away.
 * 0, or -1 with *failure; then its path has the verifier's last words, if those were it.
 */
int group_program_put(enum group_program kind, const char *group, const char *text, struct failure *failure);

/* Ours in the group, by fd. At most `most`; -1 with *failure. */
int group_program_find(enum group_program kind, const char *group, int *programs, size_t most, struct failure *failure);

/* The instructions of one, as hexadecimal in `text` of GROUP_PROGRAM_LONGEST * 16 + 1 bytes. 0, or -1 with *failure. */
int group_program_text(int program, char *text, struct failure *failure);

#endif
