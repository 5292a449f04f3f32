#include "command_terminal.h"

#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

static const char MULTIPLEXER[] = "/dev/pts/ptmx";

enum { MULTIPLEXER_MAJOR = 5, MULTIPLEXER_MINOR = 2 };

/* The machine rules its /dev: a link, a pipe or a file in the place of the multiplexer must not become our terminal. */
static int open_multiplexer(struct failure *failure)
{
	struct open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	struct statfs system;
	struct stat status;
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, MULTIPLEXER, &how, sizeof how);
	if (fd < 0)
		return fail(failure, "openat2", MULTIPLEXER);
	if (fstatfs(fd, &system) == 0 && fstat(fd, &status) == 0 && system.f_type == DEVPTS_SUPER_MAGIC &&
	    S_ISCHR(status.st_mode) && status.st_rdev == makedev(MULTIPLEXER_MAJOR, MULTIPLEXER_MINOR))
		return fd;
	close(fd);
	return fail_with(failure, ENOTTY, "openat2", MULTIPLEXER);
}

/* By the master, not by a path: nobody can come in between. */
static int open_peer(int master, struct failure *failure)
{
	int unlocked = 0;
	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return fail(failure, "ioctl", "TIOCSPTLCK");
	int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return slave < 0 ? fail(failure, "ioctl", "TIOCGPTPEER") : slave;
}

/* The person's own keys for erase, interrupt and the like; all else as the kernel makes a new terminal. */
static void adopt_keys(int slave, const struct entry *entry)
{
	struct termios modes;
	if (!entry->has_outer_modes || tcgetattr(slave, &modes) < 0)
		return;
	memcpy(modes.c_cc, entry->outer_modes.c_cc, sizeof modes.c_cc);
	modes.c_iflag = (modes.c_iflag & ~(tcflag_t)IUTF8) | (entry->outer_modes.c_iflag & IUTF8);
	tcsetattr(slave, TCSANOW, &modes);
}

static int take_terminal(int slave, struct failure *failure)
{
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return fail(failure, "ioctl", "TIOCSCTTY");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(slave, fd) < 0)
			return fail(failure, "dup2", NULL);
	return 0;
}

int command_open_terminal(const struct entry *entry, uid_t owner, int link, struct failure *failure)
{
	struct message message = { .kind = MESSAGE_CONSOLE };
	int master = open_multiplexer(failure);
	if (master < 0)
		return -1;
	int slave = open_peer(master, failure);
	if (slave < 0)
		return -1;
	if (fchown(slave, owner, (gid_t)-1) < 0)
		return fail(failure, "fchown", "pty");
	ioctl(master, TIOCSWINSZ, &entry->size);
	adopt_keys(slave, entry);
	if (message_send(link, &message, master) < 0)
		return fail(failure, "sendmsg", "pty");
	close(master);
	return take_terminal(slave, failure);
}
