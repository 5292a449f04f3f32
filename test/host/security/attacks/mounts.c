/* Mounts file systems that are the host's, or that would uncover what is masked. */
#define _GNU_SOURCE
#include "outcome.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void try_mount(const char *label, const char *type, const char *data)
{
	int result = mount("none", "/mount-attack", type, 0, data);

	outcome(label, result);
	if (result == 0)
		umount2("/mount-attack", MNT_DETACH);
}

int main(void)
{
	mkdir("/mount-attack", 0700);
	try_mount("devtmpfs", "devtmpfs", NULL);
	try_mount("debugfs", "debugfs", NULL);
	try_mount("tracefs", "tracefs", NULL);
	try_mount("securityfs", "securityfs", NULL);
	try_mount("configfs", "configfs", NULL);
	try_mount("bpf", "bpf", NULL);
	try_mount("cgroup-new-hierarchy", "cgroup", "none,name=attack");
	rmdir("/mount-attack");
	return 0;
}
