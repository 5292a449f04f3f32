#include "outer_terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void outer_terminal_raw(struct outer_terminal *terminal)
{
	if (tcgetattr(STDIN_FILENO, &terminal->before) < 0)
		return;
	struct termios raw = terminal->before;
	cfmakeraw(&raw);
	terminal->is_raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void outer_terminal_restore(struct outer_terminal *terminal)
{
	if (terminal->is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &terminal->before);
	terminal->is_raw = false;
}

bool outer_terminal_size(struct winsize *size)
{
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, size) == 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, size) == 0;
}

int outer_terminal_reopen(int fd, int flags)
{
	char path[32];
	struct stat status;
	if (fstat(fd, &status) < 0 || !(S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode)))
		return fd;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int own = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return own < 0 ? fd : own;
}
