/*
 * The same kernel is entered by other doors: the 32-bit system calls (int 0x80) and the x32 ones, whose numbers differ. A filter
 * that knows one table alone lets these pass. Arguments are invalid, so that a call that gets through does no harm.
 */
#define _GNU_SOURCE
#include "outcome.h"

#include <unistd.h>

#ifdef __x86_64__
static long call32(long number, long first, long second, long third)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory", "r8", "r9", "r10", "r11");
	if (result >= 0 || result < -4095)
		return result;
	errno = (int)-result;
	return -1;
}

enum { X32_BIT = 0x40000000 };

int main(void)
{
	outcome("i386-init_module", call32(128, 0, 0, 0));
	outcome("i386-kexec_load", call32(283, 0, 0, 0));
	outcome("i386-add_key", call32(286, 0, 0, 0));
	outcome("i386-keyctl", call32(288, 0, -4, 0));
	outcome("i386-perf_event_open", call32(336, 0, 0, 0));
	outcome("i386-open_by_handle_at", call32(342, -1, 0, 0));
	outcome("i386-bpf", call32(357, 0, 0, 0));
	outcome("i386-userfaultfd", call32(374, 1, 0, 0));
	outcome("x32-keyctl", syscall(X32_BIT + 250, 0, -4, 0));
	outcome("x32-init_module", syscall(X32_BIT + 175, 0, 0, 0));
	return 0;
}
#else
int main(void)
{
	return 0;
}
#endif
