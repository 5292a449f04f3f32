/*
 * System calls that reach the kernel as a whole. Each is made in a form that does no harm where it is allowed: with arguments
 * that the kernel itself refuses (then errno tells that the call got through), or asking for what is there already.
 */
#define _GNU_SOURCE
#include "outcome.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

/* Not an ELF image: ENOEXEC when a module could be loaded. */
static void modules(void)
{
	static const char image[64];

	outcome("init_module", syscall(SYS_init_module, image, sizeof(image), ""));
	outcome("finit_module", syscall(SYS_finit_module, -1, "", 0));
	outcome("delete_module", syscall(SYS_delete_module, "no-such-module", O_NONBLOCK));
}

/* Flags that no kernel knows: EINVAL when a new kernel could be loaded. */
static void kernels(void)
{
	outcome("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, ~0UL));
	outcome("kexec_file_load", syscall(SYS_kexec_file_load, -1, -1, 0, "", ~0UL));
}

static void watching(void)
{
	/* Software event on ourselves, user space only: what perf_event_paranoid 2 still allows to anyone. */
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(event),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	union bpf_attr program = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };

	outcome("perf_event_open", syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
	outcome("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &program, sizeof(program)));
	outcome("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
	outcome("syslog", klogctl(3, (char[64]){ 0 }, 64));
	outcome("io_uring_setup", syscall(SYS_io_uring_setup, 0, NULL));
	outcome("lookup_dcookie", syscall(SYS_lookup_dcookie, 0UL, (char[64]){ 0 }, 64UL));
}

/* Keyrings are not in any namespace of ours: what is in them is the host's. */
static void keys(void)
{
	outcome("keyctl", syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
	outcome("add_key", syscall(SYS_add_key, "user", "attack", "x", 1UL, KEY_SPEC_PROCESS_KEYRING));
	outcome("request_key", syscall(SYS_request_key, "user", "attack", NULL, 0));
}

/* To what they are already, so that a success changes nothing. */
static void clocks(void)
{
	struct timespec now;
	struct timeval same;
	struct timex frequency = { .modes = ADJ_STATUS };
	struct timex read = { .modes = 0 };

	adjtimex(&read);
	frequency.status = read.status & ~(STA_UNSYNC | STA_NANO | STA_CLK);
	clock_gettime(CLOCK_REALTIME, &now);
	outcome("clock_settime", clock_settime(CLOCK_REALTIME, &now));
	gettimeofday(&same, NULL);
	outcome("settimeofday", settimeofday(&same, NULL));
	outcome("adjtimex", adjtimex(&frequency));
}

static void ports_and_swap(void)
{
#ifdef SYS_iopl
	outcome("iopl", syscall(SYS_iopl, 3));
	outcome("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
#endif
	outcome("swapon", syscall(SYS_swapon, "/no-such-file", 0));
	outcome("swapoff", syscall(SYS_swapoff, "/no-such-file"));
	outcome("acct", syscall(SYS_acct, "/no-such-file"));
	outcome("quotactl", syscall(SYS_quotactl, 0, "/no-such-device", 0, NULL));
	outcome("umount-force", umount2("/no-such-mount", MNT_FORCE));
}

/* Handles name inodes of a whole file system, whatever part of it is mounted here (the "shocker" attack). */
static void handles(void)
{
	struct {
		struct file_handle header;
		uint32_t inode, generation;
	} root = { .header = { .handle_bytes = 8, .handle_type = 1 }, .inode = 2 };
	int mount = open("/", O_RDONLY | O_DIRECTORY);

	outcome("open_by_handle_at", open_by_handle_at(mount, &root.header, O_RDONLY));
	close(mount);
}

int main(void)
{
	modules();
	kernels();
	watching();
	keys();
	clocks();
	ports_and_swap();
	handles();
	return 0;
}
