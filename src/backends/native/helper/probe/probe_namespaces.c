/* Namespaces, each made for a moment by a child. */
#include "probe.h"

#include "probe_userns.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

static bool try_unshare(int flag, struct detail *detail)
{
	if (unshare(flag) == 0)
		return probe_say(detail, true, "unshare");
	if (errno == EPERM && unshare(CLONE_NEWUSER | flag) == 0)
		return probe_say(detail, true, "unshare, together with a user namespace");
	return probe_refused(detail, "unshare");
}

bool probe_namespace(int flag, struct detail *detail)
{
	return probe_apart(try_unshare, flag, detail);
}

bool probe_user_namespace(int unused, struct detail *detail)
{
	(void)unused;
	int fd = probe_open_userns(detail);
	if (fd < 0)
		return false;
	close(fd);
	return probe_say(detail, true, "with a map of %d ids from %d on", PROBE_ID_COUNT, PROBE_FIRST_ID);
}
