#include "console.h"

#include "frames.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One whole frame: anything more would cost each client a second one for the little that is left over. */
enum { GATHERED_BYTES = FRAME_OUTPUT_PAYLOAD };

static void apply_size(const struct console *console)
{
	struct winsize size = { .ws_col = console->columns, .ws_row = console->rows };
	if (console->master >= 0 && console->columns > 0)
		ioctl(console->master, TIOCSWINSZ, &size);
}

void console_adopt(struct console *console, int master, int init_pidfd)
{
	console->master = master;
	console->init_pidfd = init_pidfd;
	console->readable = master >= 0;
	if (master >= 0)
		fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
	apply_size(console);
}

static void close_descriptor(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void console_close(struct console *console)
{
	close_descriptor(&console->master);
	close_descriptor(&console->init_pidfd);
	console->readable = false;
}

void console_read(struct console *console, struct ring *ring)
{
	static uint8_t bytes[GATHERED_BYTES];
	size_t limit = ring->capacity / 2 < sizeof bytes ? (size_t)ring->capacity / 2 : sizeof bytes;
	size_t length = 0;

	/* A pty gives a page at a time: gather, so that the log and the clients see few and long pieces. */
	while (length < limit) {
		ssize_t taken = read(console->master, bytes + length, limit - length);
		if (taken < 0 && errno == EINTR)
			continue;
		if (taken <= 0) {
			/* EAGAIN: empty. EIO: nobody inside has it open now; the next writer wakes us again (edge-triggered). */
			console->readable = false;
			break;
		}
		length += (size_t)taken;
	}
	if (length > 0)
		ring_append(ring, bytes, length);
}

size_t console_write(struct console *console, const uint8_t *bytes, size_t length)
{
	if (console->master < 0)
		return length;
	ssize_t written;
	do
		written = write(console->master, bytes, length);
	while (written < 0 && errno == EINTR);
	if (written >= 0)
		return (size_t)written;
	return errno == EAGAIN ? 0 : length;
}

void console_resize(struct console *console, uint16_t columns, uint16_t rows)
{
	console->columns = columns;
	console->rows = rows;
	apply_size(console);
}

uint32_t console_signal(const struct console *console, uint32_t signal)
{
	if (console->init_pidfd < 0)
		return ESRCH;
	if (signal > (uint32_t)SIGRTMAX)
		return EINVAL;
	return syscall(SYS_pidfd_send_signal, console->init_pidfd, (int)signal, NULL, 0) < 0 ? (uint32_t)errno : 0;
}
