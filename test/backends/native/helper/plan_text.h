/* Plans written as text for tests: a line a record. */
#ifndef TSMACHINE_TEST_PLAN_TEXT_H
#define TSMACHINE_TEST_PLAN_TEXT_H

#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words are divided by single spaces; counts are filled in. Returns malloc'ed bytes. */
static inline char *plan_bytes(const char *const *lines, size_t count, size_t *length)
{
	char *bytes = malloc(65536);

	*length = 0;
	for (size_t i = 0; i < count; i++) {
		const char *line = lines[i];
		size_t name = strcspn(line, " ");
		unsigned words = 0;

		for (const char *at = line; (at = strchr(at, ' ')) != NULL; at++)
			words++;
		*length += (size_t)sprintf(bytes + *length, "%.*s", (int)name, line) + 1;
		*length += (size_t)sprintf(bytes + *length, "%u", words) + 1;
		for (const char *at = line + name; *at == ' ';) {
			size_t word = strcspn(at + 1, " ");

			*length += (size_t)sprintf(bytes + *length, "%.*s", (int)word, at + 1) + 1;
			at += 1 + word;
		}
	}
	return bytes;
}

/* A plan of every section that is fine as it stands. */
static const char *const fine_plan[] = {
	"plan 1 demo",
	"section machine",
	"run-directory /run/demo",
	"console-log /var/demo/console.log 65536",
	"exit-record /var/demo/exit",
	"on-exit /bin/true demo",
	"plan-file /var/demo/plan",
	"on-event /bin/true event demo",
	"watch-counters /sys/fs/cgroup/demo/payload/memory.events poll 1000 8 60000 oom_kill",
	"watch-counters /sys/fs/cgroup/demo/payload/memory.oom_control eventfd 1000 8 60000 oom_kill",
	"watch-pressure /sys/fs/cgroup/demo/payload/cpu.pressure 10000 4 600000 some 300000 2000000",
	"count-file /sys/fs/cgroup/demo/payload/memory.events.local",
	"section outside",
	"cgroup-create /sys/fs/cgroup/demo",
	"cgroup-create /sys/fs/cgroup/demo/payload",
	"cgroup-write /sys/fs/cgroup/demo/payload/pids.max 100",
	"cgroup-devices /sys/fs/cgroup/demo/payload b7000000000000009500000000000000",
	"cgroup-monitor /sys/fs/cgroup/monitors",
	"cgroup-payload /sys/fs/cgroup/demo/payload unified",
	"cgroup-kill /sys/fs/cgroup/demo/payload",
	"namespaces user mount pid network uts ipc cgroup time",
	"clock-zero",
	"id-map uid 0 100000 65536",
	"id-map gid 0 200000 65536",
	"cgroup-delegate /sys/fs/cgroup/demo/payload cgroup.procs cgroup.threads",
	"overlay root mapped /var/demo/storage /layers/b /layers/a",
	"tree bind-0 mapped read-only /srv",
	"section inside",
	"root root",
	"directory /proc 0555",
	"mount proc /proc nosuid,nodev,noexec -",
	"mount tmpfs /dev nosuid,noexec mode=755,size=4m",
	"device /dev/null /dev/null",
	"device /dev/fuse /dev/fuse optional",
	"symlink pts/ptmx /dev/ptmx",
	"write /run/host/container-manager 0444 demo",
	"attach bind-0 /srv as-source",
	"console",
	"mask /proc/kcore",
	"read-only /proc/sys/kernel",
	"pivot-root",
	"propagation shared",
	"hostname demo",
	"loopback",
	"rlimit nofile 1024 unlimited",
	"umask 022",
	"working-directory /",
	"groups",
	"user 0 0",
	"capabilities 0 1 21",
	"apparmor tsmachine-default-v1",
	"no-new-privileges",
	"seccomp 060000000000ff7f",
	"environment container=demo",
	"environment PATH=/bin",
	"exec /sbin/init init",
	"end",
};

enum { FINE_LINES = sizeof fine_plan / sizeof *fine_plan };

#endif
