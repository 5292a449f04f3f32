/*
 * Which devices a cgroup of v2 may use: a BPF program (BPF_PROG_TYPE_CGROUP_DEVICE) that the kernel asks at each open and mknod.
 * It is written elsewhere; here it is loaded and attached. Beside it others may be attached, by other programs: all must allow.
 */
#ifndef TSMACHINE_DEVICE_PROGRAM_H
#define TSMACHINE_DEVICE_PROGRAM_H

#include <stddef.h>

#include "report.h"

/* As many instructions as a program may have. */
enum { DEVICE_PROGRAM_LONGEST = 4096 };

/* By which ours are known: `name` of bpf(2)'s prog_info. */
#define DEVICE_PROGRAM_NAME "tsmachine"

/* NULL, or what is malformed in the program's text: 8 bytes an instruction, host byte order, hexadecimal. */
const char *device_program_check(const char *text);

/*
 * Makes it the group's: in place of an earlier one of ours in one step, so that no open meets none or both. NULL takes ours away.
 * 0, or -1 with *failure; then its path has the verifier's last words, if those were it.
 */
int device_program_put(const char *group, const char *text, struct failure *failure);

/* Ours in the group, by fd. At most `most`; -1 with *failure. */
int device_program_find(const char *group, int *programs, size_t most, struct failure *failure);

/* The instructions of one, as hexadecimal in `text` of DEVICE_PROGRAM_LONGEST * 16 + 1 bytes. 0, or -1 with *failure. */
int device_program_text(int program, char *text, struct failure *failure);

#endif
