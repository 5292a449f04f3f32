#include "relay.h"

#include "outer_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	END_OF_FILE_KEY = 4, /* Ctrl-D */
	/* How often to look again whether somebody inside reopened a terminal that all had closed: then it only says "hang-up". */
	CLOSED_PAUSE_MS = 20,
};

struct buffer {
	uint8_t bytes[65536];
	size_t begin, end;
};

struct relay {
	int in, out, master, command, signals;
	int sizes; /* -1: the outer terminal's, by SIGWINCH */
	uint8_t size_bytes[4];
	size_t size_count;
	bool driven, in_open, master_closed, ended;
	int left_by; /* a signal that made us leave, or 0 */
	struct buffer inwards, outwards;
};

/* ---- Signals ---- */

int relay_open_signals(void)
{
	static const int taken[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGPIPE };
	sigset_t set;
	sigemptyset(&set);
	for (size_t index = 0; index < sizeof taken / sizeof *taken; index++)
		sigaddset(&set, taken[index]);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	sigaddset(&set, SIGTTOU); /* in the background, too, the terminal must be restored */
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCHLD, SIG_DFL); /* inherited as ignored, exit codes would be lost */
	return fd;
}

static int next_signal(int signals)
{
	struct signalfd_siginfo info;
	return read(signals, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

static int reap(int command_pidfd)
{
	siginfo_t info = { 0 };
	while (waitid(P_PIDFD, (id_t)command_pidfd, &info, WEXITED) < 0)
		if (errno != EINTR)
			return 125;
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

int relay_signals(int signals, int command_pidfd)
{
	struct pollfd polled[] = { { .fd = command_pidfd, .events = POLLIN }, { .fd = signals, .events = POLLIN } };
	while (!(polled[0].revents & POLLIN)) {
		if (poll(polled, 2, -1) < 0)
			continue;
		for (int number; (number = next_signal(signals));)
			if (number != SIGPIPE)
				syscall(SYS_pidfd_send_signal, command_pidfd, number, NULL, 0);
	}
	return reap(command_pidfd);
}

/* ---- The terminal ---- */

static bool is_empty(const struct buffer *buffer)
{
	return buffer->begin == buffer->end;
}

/* Only into an empty buffer, so that one side is read no faster than the other takes. Bytes read, 0 at the end, -1 with errno. */
static ssize_t fill(struct buffer *buffer, int fd)
{
	ssize_t length = read(fd, buffer->bytes, sizeof buffer->bytes);
	buffer->begin = 0;
	buffer->end = length > 0 ? (size_t)length : 0;
	return length;
}

/* False: the other side is gone for good. */
static bool drain(struct buffer *buffer, int fd)
{
	while (!is_empty(buffer)) {
		ssize_t length = write(fd, buffer->bytes + buffer->begin, buffer->end - buffer->begin);
		if (length < 0)
			return errno == EAGAIN || errno == EINTR;
		buffer->begin += (size_t)length;
	}
	return true;
}

static void resize(const struct relay *relay)
{
	struct winsize size;
	if (outer_terminal_size(&size))
		ioctl(relay->master, TIOCSWINSZ, &size);
}

static void take_size(struct relay *relay)
{
	uint16_t size[2];
	ssize_t length = read(relay->sizes, relay->size_bytes + relay->size_count, sizeof relay->size_bytes - relay->size_count);
	if (length <= 0) {
		if (length == 0 || !(errno == EAGAIN || errno == EINTR))
			relay->sizes = -1;
		return;
	}
	relay->size_count += (size_t)length;
	if (relay->size_count < sizeof relay->size_bytes)
		return;
	relay->size_count = 0;
	memcpy(size, relay->size_bytes, sizeof size);
	ioctl(relay->master, TIOCSWINSZ, &(struct winsize){ .ws_col = size[0], .ws_row = size[1] });
}

static void take_signals(struct relay *relay)
{
	for (int number; (number = next_signal(relay->signals));) {
		if (number == SIGWINCH)
			resize(relay);
		else if (number == SIGUSR1 || number == SIGUSR2)
			syscall(SYS_pidfd_send_signal, relay->command, number, NULL, 0);
		else if (number != SIGPIPE)
			relay->left_by = number;
	}
}

static bool would_block(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void read_outer(struct relay *relay)
{
	ssize_t length = fill(&relay->inwards, relay->in);
	if (length > 0 || (length < 0 && would_block()))
		return;
	relay->in_open = false;
	if (relay->driven || isatty(relay->in)) {
		relay->left_by = SIGHUP; /* the terminal, or who drives this one, is gone */
		return;
	}
	/* A pipe has ended: say so as a person would. */
	relay->inwards = (struct buffer){ .bytes = { END_OF_FILE_KEY }, .end = 1 };
}

static void read_inner(struct relay *relay)
{
	/* EIO: nobody inside has it open. */
	relay->master_closed = fill(&relay->outwards, relay->master) < 0 && !would_block();
}

static int wait_for_work(struct relay *relay, struct pollfd polled[6])
{
	polled[0] = (struct pollfd){ .fd = relay->in_open && is_empty(&relay->inwards) ? relay->in : -1, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = is_empty(&relay->outwards) ? -1 : relay->out, .events = POLLOUT };
	polled[2] = (struct pollfd){ .fd = relay->master_closed ? -1 : relay->master };
	polled[2].events = (short)((is_empty(&relay->outwards) ? POLLIN : 0) | (is_empty(&relay->inwards) ? 0 : POLLOUT));
	polled[3] = (struct pollfd){ .fd = relay->ended ? -1 : relay->command, .events = POLLIN };
	polled[4] = (struct pollfd){ .fd = relay->signals, .events = POLLIN };
	polled[5] = (struct pollfd){ .fd = relay->sizes, .events = POLLIN };
	if (polled[2].events == 0)
		polled[2].fd = -1; /* else a hang-up would be reported again and again */
	return poll(polled, 6, relay->master_closed ? CLOSED_PAUSE_MS : -1);
}

static void work(struct relay *relay)
{
	struct pollfd polled[6];
	if (wait_for_work(relay, polled) < 0)
		return;
	relay->master_closed = false;
	relay->ended |= (polled[3].revents & POLLIN) != 0;
	if (polled[4].revents)
		take_signals(relay);
	if (polled[5].revents)
		take_size(relay);
	if (polled[0].revents)
		read_outer(relay);
	if (polled[2].revents & (POLLIN | POLLHUP) && is_empty(&relay->outwards))
		read_inner(relay);
	if (!drain(&relay->inwards, relay->master))
		relay->inwards.begin = relay->inwards.end; /* typed where nobody listens */
	if (!drain(&relay->outwards, relay->out))
		relay->left_by = SIGHUP;
}

/* The command ended; what it wrote before may still lie in the pty. The kernel says "empty" only when it truly is. */
static bool rest_is_out(struct relay *relay)
{
	if (!is_empty(&relay->outwards))
		return false;
	if (fill(&relay->outwards, relay->master) > 0)
		return !drain(&relay->outwards, relay->out);
	return true;
}

static void run(struct relay *relay)
{
	while (!relay->left_by && !(relay->ended && rest_is_out(relay)))
		work(relay);
}

static void unblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void open_streams(struct relay *relay)
{
	if (relay->driven) {
		relay->in = STDIN_FILENO;
		relay->out = STDOUT_FILENO;
		unblock(relay->in);
		unblock(relay->out);
	} else {
		relay->in = outer_terminal_reopen(STDIN_FILENO, O_RDONLY);
		relay->out = outer_terminal_reopen(STDOUT_FILENO, O_WRONLY);
		resize(relay);
	}
	relay->in_open = true;
}

int relay_terminal(int signals, int command_pidfd, int master, int sizes)
{
	static struct relay relay;
	struct outer_terminal terminal = { .is_raw = false };

	relay.command = command_pidfd;
	relay.signals = signals;
	relay.master = master;
	relay.sizes = sizes;
	relay.driven = sizes >= 0;
	unblock(master);
	open_streams(&relay);
	if (!relay.driven)
		outer_terminal_raw(&terminal);
	run(&relay);
	outer_terminal_restore(&terminal);
	close(master);
	return relay.left_by ? 128 + relay.left_by : reap(command_pidfd);
}
