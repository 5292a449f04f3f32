#include "seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hex.h"

const char *seccomp_check(const char *text)
{
	return hex_holds(text, sizeof(struct sock_filter), BPF_MAXINSNS)
		       ? NULL
		       : "the filter is not a whole number of instructions within bounds, in lower-case hexadecimal";
}

int seccomp_set(const struct record *operation, struct failure *failure)
{
	static struct sock_filter filter[BPF_MAXINSNS]; /* untouched pages cost nothing; no allocation after fork */
	const char *text = operation->arguments[0];
	struct sock_fprog program = { .filter = filter };

	if (seccomp_check(text) != NULL)
		return fail_with(failure, EINVAL, "seccomp", NULL);
	hex_decode(text, (unsigned char *)filter, strlen(text) / 2);
	program.len = (unsigned short)(strlen(text) / 2 / sizeof *filter);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return fail(failure, "seccomp", NULL);
	return 0;
}
