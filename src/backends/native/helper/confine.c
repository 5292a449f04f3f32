#include "confine.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { INSTRUCTION_BYTES = sizeof(struct sock_filter), LARGEST_CAPABILITY = 63 };

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

/* Decimal digits only. */
static bool parse_number(const char *text, unsigned long long largest, unsigned long long *value)
{
	size_t length = strlen(text);

	if (length == 0 || length > 20 || strspn(text, "0123456789") != length)
		return false;
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno == 0 && *value <= largest;
}

static bool parse_limit(const char *text, rlim_t *value)
{
	unsigned long long number;

	if (strcmp(text, "unlimited") == 0) {
		*value = RLIM_INFINITY;
		return true;
	}
	if (!parse_number(text, ULLONG_MAX, &number))
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

static bool parse_id(const char *text, unsigned *id)
{
	unsigned long long value;

	if (!parse_number(text, UINT_MAX - 1, &value))
		return false;
	*id = (unsigned)value;
	return true;
}

static int set_groups(const struct record *operation, struct failure *failure)
{
	gid_t groups[RECORDS_MAX_ARGUMENTS];

	for (size_t i = 0; i < operation->count; i++) {
		if (!parse_id(operation->arguments[i], &groups[i]))
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

static int read_capabilities(struct __user_cap_header_struct *header, struct __user_cap_data_struct *data,
			     struct failure *failure)
{
	*header = (struct __user_cap_header_struct){ .version = _LINUX_CAPABILITY_VERSION_3 };
	return syscall(SYS_capget, header, data) < 0 ? fail(failure, "capget", NULL) : 0;
}

/* Leaving root empties the effective set; what `capabilities` and `seccomp` still need is in the permitted one. */
static int raise_permitted(struct failure *failure)
{
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[2];

	if (read_capabilities(&header, data, failure) < 0)
		return -1;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	return syscall(SYS_capset, &header, data) < 0 ? fail(failure, "capset", NULL) : 0;
}

static int set_user(const struct record *operation, struct failure *failure)
{
	unsigned uid, gid;

	if (!parse_id(operation->arguments[0], &uid) || !parse_id(operation->arguments[1], &gid))
		return fail_with(failure, EINVAL, "setresuid", operation->arguments[0]);
	if (setresgid(gid, gid, gid) < 0)
		return fail(failure, "setresgid", operation->arguments[1]);
	if (setresuid(uid, uid, uid) < 0)
		return fail(failure, "setresuid", operation->arguments[0]);
	return uid == 0 ? 0 : raise_permitted(failure);
}

static bool parse_capabilities(const struct record *operation, uint64_t *set)
{
	unsigned long long number;

	*set = 0;
	for (size_t i = 0; i < operation->count; i++) {
		if (!parse_number(operation->arguments[i], LARGEST_CAPABILITY, &number))
			return false;
		*set |= UINT64_C(1) << number;
	}
	return true;
}

/* The kernel says EINVAL for the first number that it does not know. */
static int bound_capabilities(uint64_t set, struct failure *failure)
{
	for (int number = 0; number <= LARGEST_CAPABILITY; number++) {
		int held = prctl(PR_CAPBSET_READ, number, 0, 0, 0);

		if (held < 0)
			return 0;
		if (held == 1 && (set >> number & 1) == 0 && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0)
			return fail(failure, "prctl", "PR_CAPBSET_DROP");
	}
	return 0;
}

static int set_capabilities(const struct record *operation, struct failure *failure)
{
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[2];
	uint64_t set;

	if (!parse_capabilities(operation, &set))
		return fail_with(failure, EINVAL, "capset", NULL);
	if (bound_capabilities(set, failure) < 0 || read_capabilities(&header, data, failure) < 0)
		return -1;
	for (int half = 0; half < 2; half++) {
		/* What is not held cannot be asked for: a host that is a container itself has fewer. */
		uint32_t kept = (uint32_t)(set >> (32 * half)) & data[half].permitted;

		data[half] = (struct __user_cap_data_struct){ .effective = kept, .permitted = kept, .inheritable = kept };
	}
	/* Ambient capabilities would survive the exec of a program that nobody gave any. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return fail(failure, "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
	return syscall(SYS_capset, &header, data) < 0 ? fail(failure, "capset", NULL) : 0;
}

static int set_no_new_privileges(const struct record *operation, struct failure *failure)
{
	(void)operation;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? fail(failure, "prctl", "PR_SET_NO_NEW_PRIVS") : 0;
}

static int hex_digit(char digit)
{
	const char *at = digit == '\0' ? NULL : strchr("0123456789abcdef", digit);

	return at == NULL ? -1 : (int)(at - "0123456789abcdef");
}

/* Decodes in place: the text is twice as long as what it says. */
static bool decode_hex(const char *text, unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int high = hex_digit(text[2 * i]);
		int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

		if (low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static const char *check_seccomp(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length % (2 * INSTRUCTION_BYTES) != 0 || length / (2 * INSTRUCTION_BYTES) > BPF_MAXINSNS)
		return "the filter is not a whole number of instructions within bounds";
	return strspn(text, "0123456789abcdef") == length ? NULL : "the filter is not in lower-case hexadecimal";
}

static int set_seccomp(const struct record *operation, struct failure *failure)
{
	static struct sock_filter filter[BPF_MAXINSNS]; /* untouched pages cost nothing; no allocation after fork */
	const char *text = operation->arguments[0];
	struct sock_fprog program = { .filter = filter };

	if (check_seccomp(text) != NULL || !decode_hex(text, (unsigned char *)filter, strlen(text) / 2))
		return fail_with(failure, EINVAL, "seccomp", NULL);
	program.len = (unsigned short)(strlen(text) / (2 * INSTRUCTION_BYTES));
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return fail(failure, "seccomp", NULL);
	return 0;
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
	{ "capabilities", 0, set_capabilities },
	{ "no-new-privileges", 0, set_no_new_privileges },
	{ "seccomp", 1, set_seccomp },
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

const char *confine_check(const struct record *operation)
{
	uint64_t set;
	rlim_t value;

	if (strcmp(operation->name, "rlimit") == 0 && operation->count == 3)
		return find_limit(operation->arguments[0]) >= 0 && parse_limit(operation->arguments[1], &value) &&
				       parse_limit(operation->arguments[2], &value)
			       ? NULL
			       : "no such resource limit, or not a number";
	if (strcmp(operation->name, "capabilities") == 0)
		return parse_capabilities(operation, &set) ? NULL : "no such capability";
	if (strcmp(operation->name, "seccomp") == 0 && operation->count == 1)
		return check_seccomp(operation->arguments[0]);
	return NULL;
}
