/*
 * Id-mapped mounts and overlays, tried in a mount namespace of their own on a tmpfs that ends with the child that made it. With the
 * same code that starts machines: the answer is about us, not about the kernel in general.
 */
#include "probe.h"

#include "mounts.h"
#include "overlay.h"
#include "probe_userns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char COVERED[] = "/tmp";

enum { SET_STRING = 1 /* FSCONFIG_SET_STRING of <linux/mount.h>, which mounts.h says why not to include */ };

static bool failed(struct detail *detail, const struct failure *failure)
{
	return probe_say(detail, false, "%s %s: %s", failure->syscall, failure->path, strerror(failure->number));
}

static bool can_map(const char *path, int userns, struct failure *failure)
{
	int mount = mounts_clone(AT_FDCWD, path, false, failure);
	if (mount < 0)
		return false;
	bool done = mounts_set(mount, 0, userns, false, path, failure) == 0;
	close(mount);
	return done;
}

static bool try_idmapped_mount(int unused, struct detail *detail)
{
	struct staging staging;
	struct failure failure = { .number = 0 };
	int userns = probe_open_userns(detail);
	(void)unused;
	if (userns < 0)
		return false;
	if (can_map("/", userns, &failure))
		return probe_say(detail, true, "on the root's file system");
	if (staging_enter(&staging, COVERED, &failure) < 0)
		return failed(detail, &failure);
	return can_map(".", userns, &failure) ? probe_say(detail, true, "on a tmpfs, not on the root's file system")
					      : failed(detail, &failure);
}

bool probe_idmapped_mount(int unused, struct detail *detail)
{
	return probe_apart(try_idmapped_mount, unused, detail);
}

/* lower/, data/upper and data/work, as a machine's are: owned by the ids that a machine's root has on disk. */
static bool make_directories(struct failure *failure)
{
	static const char *const paths[] = { "lower", "data", "data/upper", "data/work" };
	for (size_t index = 0; index < sizeof paths / sizeof *paths; index++)
		if (mkdir(paths[index], 0755) < 0)
			return fail(failure, "mkdir", paths[index]) == 0;
	return true;
}

/* The least plan that says what overlay_make_slot() must know. */
static bool make_overlay(const struct staging *staging, int userns, struct failure *failure)
{
	static char first[16], count[16];
	snprintf(first, sizeof first, "%d", PROBE_FIRST_ID);
	snprintf(count, sizeof count, "%d", PROBE_ID_COUNT);
	char *uid[] = { "uid", "0", first, count, NULL }, *gid[] = { "gid", "0", first, count, NULL };
	char *slot[] = { "root", "mapped", "/tmp/data", "/tmp/lower", NULL }, *root[] = { "root", NULL };
	const struct record outside[] = { { "id-map", 4, uid }, { "id-map", 4, gid }, { "overlay", 4, slot } };
	const struct record inside[] = { { "root", 1, root } };
	const struct plan plan = { .name = "probe", .sections = { { NULL, 0 }, { outside, 3 }, { inside, 1 } } };
	return overlay_make_slot(staging, &plan, &outside[2], userns, failure) == 0;
}

static bool try_idmapped_overlay(int unused, struct detail *detail)
{
	struct staging staging;
	struct failure failure = { .number = 0 };
	int userns = probe_open_userns(detail);
	(void)unused;
	if (userns < 0)
		return false;
	if (staging_enter(&staging, COVERED, &failure) < 0 || !make_directories(&failure))
		return failed(detail, &failure);
	if (!can_map(".", userns, &failure)) {
		/* Before 6.3 a tmpfs could not be mapped, so it cannot be tried here; 5.19 can do it elsewhere. */
		struct detail release;
		return probe_release(0, &release) && can_map("/", userns, &failure)
			       ? probe_say(detail, true, "not tried: this kernel maps no tmpfs")
			       : failed(detail, &failure);
	}
	return make_overlay(&staging, userns, &failure) ? probe_say(detail, true, "mounted, writable") : failed(detail, &failure);
}

bool probe_idmapped_overlay(int unused, struct detail *detail)
{
	return probe_apart(try_idmapped_overlay, unused, detail);
}

/* Since 6.5 layers are added one by one, so that their number is not bounded by a page of options. */
static bool try_overlay_append(int unused, struct detail *detail)
{
	struct failure failure = { .number = 0 };
	struct staging staging;
	(void)unused;
	if (staging_enter(&staging, COVERED, &failure) < 0 || !make_directories(&failure))
		return failed(detail, &failure);
	int context = (int)syscall(SYS_fsopen, "overlay", 0);
	if (context < 0)
		return probe_refused(detail, "fsopen");
	/* Before 6.5 fsconfig(2) takes whatever an overlay is told, and refuses it when it is mounted. */
	if (syscall(SYS_fsconfig, context, SET_STRING, "tsmachine-no-such-option", "x", 0) == 0)
		return probe_say(detail, false, "before 6.5: all layers in 255 bytes");
	bool taken = syscall(SYS_fsconfig, context, SET_STRING, "lowerdir+", "lower", 0) == 0;
	return taken ? probe_say(detail, true, "lowerdir+") : probe_refused(detail, "fsconfig lowerdir+");
}

bool probe_overlay_append(int unused, struct detail *detail)
{
	return probe_apart(try_overlay_append, unused, detail);
}
