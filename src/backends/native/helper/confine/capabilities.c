#include "capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "number.h"

enum { LARGEST_CAPABILITY = 63 };

static int read_capabilities(struct __user_cap_header_struct *header, struct __user_cap_data_struct *data,
			     struct failure *failure)
{
	*header = (struct __user_cap_header_struct){ .version = _LINUX_CAPABILITY_VERSION_3 };
	return syscall(SYS_capget, header, data) < 0 ? fail(failure, "capget", NULL) : 0;
}

/* Leaving root empties the effective set; what `capabilities` and `seccomp` still need is in the permitted one. */
int capabilities_raise(struct failure *failure)
{
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[2];

	if (read_capabilities(&header, data, failure) < 0)
		return -1;
	data[0].effective = data[0].permitted;
	data[1].effective = data[1].permitted;
	return syscall(SYS_capset, &header, data) < 0 ? fail(failure, "capset", NULL) : 0;
}

static bool parse_capabilities(const struct record *operation, uint64_t *set)
{
	uint64_t number;

	*set = 0;
	for (size_t i = 0; i < operation->count; i++) {
		if (!number_parse(operation->arguments[i], LARGEST_CAPABILITY, &number))
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

int capabilities_set(const struct record *operation, struct failure *failure)
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

		/* Nothing is inheritable: a file that grants what is inherited would give it to any user (CVE-2022-24769). */
		data[half] = (struct __user_cap_data_struct){ .effective = kept, .permitted = kept };
	}
	/* Ambient capabilities would survive the exec of a program that nobody gave any. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return fail(failure, "prctl", "PR_CAP_AMBIENT_CLEAR_ALL");
	return syscall(SYS_capset, &header, data) < 0 ? fail(failure, "capset", NULL) : 0;
}

const char *capabilities_check(const struct record *operation)
{
	uint64_t set;

	return parse_capabilities(operation, &set) ? NULL : "no such capability";
}
