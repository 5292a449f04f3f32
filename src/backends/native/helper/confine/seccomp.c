#include "seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { INSTRUCTION_BYTES = sizeof(struct sock_filter) };

static int hex_digit(char digit)
{
	const char *at = digit == '\0' ? NULL : strchr("0123456789abcdef", digit);

	return at == NULL ? -1 : (int)(at - "0123456789abcdef");
}

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

const char *seccomp_check(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length % (2 * INSTRUCTION_BYTES) != 0 || length / (2 * INSTRUCTION_BYTES) > BPF_MAXINSNS)
		return "the filter is not a whole number of instructions within bounds";
	return strspn(text, "0123456789abcdef") == length ? NULL : "the filter is not in lower-case hexadecimal";
}

int seccomp_set(const struct record *operation, struct failure *failure)
{
	static struct sock_filter filter[BPF_MAXINSNS]; /* untouched pages cost nothing; no allocation after fork */
	const char *text = operation->arguments[0];
	struct sock_fprog program = { .filter = filter };

	if (seccomp_check(text) != NULL || !decode_hex(text, (unsigned char *)filter, strlen(text) / 2))
		return fail_with(failure, EINVAL, "seccomp", NULL);
	program.len = (unsigned short)(strlen(text) / (2 * INSTRUCTION_BYTES));
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return fail(failure, "seccomp", NULL);
	return 0;
}
