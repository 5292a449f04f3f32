/* Takes hold of a process that is not the machine's. Usage: trace PID... (the host's numbers) */
#define _GNU_SOURCE
#include "outcome.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		pid_t pid = (pid_t)atoi(argv[i]);
		char label[64], byte;
		struct iovec here = { &byte, 1 }, there = { (void *)0x400000, 1 };

		snprintf(label, sizeof(label), "%d-signal", pid);
		outcome(label, kill(pid, 0));
		snprintf(label, sizeof(label), "%d-ptrace", pid);
		outcome(label, ptrace(PTRACE_SEIZE, pid, NULL, NULL));
		snprintf(label, sizeof(label), "%d-memory", pid);
		outcome(label, process_vm_readv(pid, &here, 1, &there, 1, 0));
		snprintf(label, sizeof(label), "%d-pidfd", pid);
		outcome(label, syscall(SYS_pidfd_open, pid, 0));
	}
	return 0;
}
