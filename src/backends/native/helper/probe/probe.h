/* What this kernel can do for us here. Tried, not guessed from its version: containers and lockdowns take features away. */
#ifndef TSMACHINE_PROBE_H
#define TSMACHINE_PROBE_H

#include <stdbool.h>
#include <stddef.h>

/* In words: what was found, or the kernel's answer. */
struct detail {
	char text[256];
};

/* Each returns whether the feature can be used. None leaves a trace on the host. */

bool probe_namespace(int flag, struct detail *detail);

/* A user namespace with ids other than ours. */
bool probe_user_namespace(int flag, struct detail *detail);

bool probe_into_cgroup(int unused, struct detail *detail);
bool probe_device_program(int unused, struct detail *detail);
bool probe_mark_program(int unused, struct detail *detail);
bool probe_cgroup_kill(int unused, struct detail *detail);
bool probe_cgroup_freeze(int unused, struct detail *detail);

bool probe_idmapped_mount(int unused, struct detail *detail);
bool probe_idmapped_overlay(int unused, struct detail *detail);
bool probe_overlay_append(int unused, struct detail *detail);

bool probe_pidfd(int unused, struct detail *detail);
bool probe_openat2(int unused, struct detail *detail);
bool probe_mount_setattr(int unused, struct detail *detail);
bool probe_close_range(int unused, struct detail *detail);
bool probe_seccomp(int unused, struct detail *detail);
bool probe_btrfs(int unused, struct detail *detail);
bool probe_release(int unused, struct detail *detail);

/* Writes the text; returns `answer`, so that a probe can end with it. */
bool probe_say(struct detail *detail, bool answer, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Says what errno is; false. */
bool probe_refused(struct detail *detail, const char *syscall);

/* Runs `attempt` in a child, so that nothing of it stays: what it returns and says is passed on. */
bool probe_apart(bool (*attempt)(int argument, struct detail *detail), int argument, struct detail *detail);

#endif
