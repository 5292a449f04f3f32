#include "confine.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apparmor.h"
#include "capabilities.h"
#include "group_program.h"
#include "number.h"
#include "seccomp.h"

static const struct {
	const char *name; /* as in prlimit(1) */
	int resource;
} limits[] = {
	{ "as", RLIMIT_AS },	       { "core", RLIMIT_CORE },	      { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },       { "fsize", RLIMIT_FSIZE },     { "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK }, { "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },   { "nproc", RLIMIT_NPROC },     { "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },   { "rttime", RLIMIT_RTTIME },   { "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static int find_limit(const char *name)
{
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		if (strcmp(limits[i].name, name) == 0)
			return limits[i].resource;
	}
	return -1;
}

static bool parse_limit(const char *text, rlim_t *value)
{
	uint64_t number;

	if (strcmp(text, "unlimited") == 0) {
		*value = RLIM_INFINITY;
		return true;
	}
	if (!number_parse(text, UINT64_MAX, &number))
		return false;
	*value = number;
	return true;
}

static int set_limit(const struct record *operation, struct failure *failure)
{
	struct rlimit limit;
	int resource = find_limit(operation->arguments[0]);

	if (resource < 0 || !parse_limit(operation->arguments[1], &limit.rlim_cur) ||
	    !parse_limit(operation->arguments[2], &limit.rlim_max))
		return fail_with(failure, EINVAL, "setrlimit", operation->arguments[0]);
	if (setrlimit(resource, &limit) < 0)
		return fail(failure, "setrlimit", operation->arguments[0]);
	return 0;
}

static int set_umask(const struct record *operation, struct failure *failure)
{
	(void)failure;
	umask((mode_t)strtoul(operation->arguments[0], NULL, 8) & 0777);
	return 0;
}

static int set_groups(const struct record *operation, struct failure *failure)
{
	gid_t groups[RECORDS_MAX_ARGUMENTS];

	for (size_t i = 0; i < operation->count; i++) {
		if (!number_parse_id(operation->arguments[i], &groups[i]))
			return fail_with(failure, EINVAL, "setgroups", operation->arguments[i]);
	}
	if (setgroups(operation->count, groups) < 0)
		return fail(failure, "setgroups", NULL);
	return 0;
}

int confine_keep_capabilities(struct failure *failure)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ? fail(failure, "prctl", "PR_SET_KEEPCAPS") : 0;
}

static int set_user(const struct record *operation, struct failure *failure)
{
	unsigned uid, gid;

	if (!number_parse_id(operation->arguments[0], &uid) || !number_parse_id(operation->arguments[1], &gid))
		return fail_with(failure, EINVAL, "setresuid", operation->arguments[0]);
	if (setresgid(gid, gid, gid) < 0)
		return fail(failure, "setresgid", operation->arguments[1]);
	if (setresuid(uid, uid, uid) < 0)
		return fail(failure, "setresuid", operation->arguments[0]);
	return uid == 0 ? 0 : capabilities_raise(failure);
}

static int set_no_new_privileges(const struct record *operation, struct failure *failure)
{
	(void)operation;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? fail(failure, "prctl", "PR_SET_NO_NEW_PRIVS") : 0;
}

static const struct {
	const char *name;
	size_t least; /* arguments */
	int (*run)(const struct record *operation, struct failure *failure);
} steps[] = {
	{ "rlimit", 3, set_limit },
	{ "umask", 1, set_umask },
	{ "groups", 0, set_groups },
	{ "user", 2, set_user },
	{ "capabilities", 0, capabilities_set },
	{ "apparmor", 1, apparmor_set },
	{ "no-new-privileges", 0, set_no_new_privileges },
	{ "seccomp", 1, seccomp_set },
};

int confine(const struct record *operation, struct failure *failure)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (strcmp(steps[i].name, operation->name) != 0)
			continue;
		if (operation->count < steps[i].least)
			return fail_with(failure, EINVAL, operation->name, NULL);
		return steps[i].run(operation, failure);
	}
	return fail_with(failure, ENOSYS, operation->name, NULL);
}

static bool is_group_program(const char *operation)
{
	return strcmp(operation, "cgroup-devices") == 0 || strcmp(operation, "cgroup-marks") == 0;
}

const char *confine_check(const struct record *operation)
{
	rlim_t value;

	if (strcmp(operation->name, "rlimit") == 0 && operation->count == 3)
		return find_limit(operation->arguments[0]) >= 0 && parse_limit(operation->arguments[1], &value) &&
				       parse_limit(operation->arguments[2], &value)
			       ? NULL
			       : "no such resource limit, or not a number";
	if (strcmp(operation->name, "capabilities") == 0)
		return capabilities_check(operation);
	if (strcmp(operation->name, "apparmor") == 0 && operation->count == 1)
		return apparmor_check(operation->arguments[0]);
	if (strcmp(operation->name, "seccomp") == 0 && operation->count == 1)
		return seccomp_check(operation->arguments[0]);
	if (is_group_program(operation->name) && operation->count == 2)
		return group_program_check(operation->arguments[1]);
	return NULL;
}
