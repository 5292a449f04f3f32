#include "monitor.h"

#include "clients.h"
#include "console.h"
#include "ending.h"
#include "payload.h"
#include "ring.h"
#include "run_directory.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	EVENTS_A_TURN = 16,
	/* A process that cannot die (in an uninterruptible call) must not keep the monitor for ever. */
	KILL_PATIENCE_MS = 10000,
	/* On cgroup v1 emptiness is asked for, not told. */
	LEGACY_PAUSE_MS = 5,
	OOM_SCORE = -900,
	/* What is kept for clients that attach, when no log is asked for. */
	UNLOGGED_BYTES = 256 * 1024,
};

enum event { EVENT_LISTENER, EVENT_SIGNAL, EVENT_CONSOLE, EVENT_AWAITED };

/* One machine a process; static, so that it costs no heap and survives a start again. */
static struct monitor {
	bool open;
	bool started_before;
	int epoll, listener, signals;
	uint64_t started_at;
	char oom_score[16]; /* as it was: what we start must not inherit ours */
	struct ring ring;
	struct console console;
	struct clients clients;
	const struct monitor_setup *setup;
} monitor = { .console = { .master = -1, .init_pidfd = -1 } };

static int watch(int fd, enum event event, uint32_t events)
{
	struct epoll_event interest = { .events = events, .data.u64 = event };
	return epoll_ctl(monitor.epoll, EPOLL_CTL_ADD, fd, &interest);
}

/* ---- Signals ---- */

/*
 * Blocked and read, rather than ignored or handled: none can end the monitor half-way, and none is inherited as "ignored" by
 * what it starts. (A mask is inherited too: each child empties it.)
 */
static int open_signals(void)
{
	sigset_t taken;
	signal(SIGCHLD, SIG_DFL); /* inherited as ignored, the kernel would reap init and its exit code would be lost */
	sigemptyset(&taken);
	for (const int *signal = (const int[]){ SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2, 0 }; *signal; signal++)
		sigaddset(&taken, *signal);
	sigprocmask(SIG_BLOCK, &taken, NULL);
	return signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* SIGTERM asks for the machine's end; teardown and record follow as for any other. The others ask for nothing. */
static void take_signal(void)
{
	struct signalfd_siginfo info;
	while (read(monitor.signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo != SIGTERM)
			continue;
		payload_kill(monitor.setup);
		console_signal(&monitor.console, SIGKILL);
	}
}

/* ---- Out-of-memory score ---- */

static void write_oom_score(const char *score)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* Refused without CAP_SYS_RESOURCE: then the monitor is as killable as anything else. */
	if (write(fd, score, strlen(score)) < 0)
		errno = 0;
	close(fd);
}

/* The kernel would lose a whole machine for the megabyte that killing its monitor gives. */
static void resist_oom(void)
{
	char wanted[16];
	int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, monitor.oom_score, sizeof monitor.oom_score - 1);
	monitor.oom_score[length > 0 ? length : 0] = '\0';
	if (fd >= 0)
		close(fd);
	snprintf(wanted, sizeof wanted, "%d", OOM_SCORE);
	if (atoi(monitor.oom_score) > OOM_SCORE)
		write_oom_score(wanted);
}

/* ---- The loop ---- */

static void handle(const struct epoll_event *event, bool *awaited)
{
	if (event->data.u64 & CLIENT_EVENT) {
		clients_event(&monitor.clients, event->data.u64, event->events);
		return;
	}
	switch ((enum event)event->data.u64) {
	case EVENT_LISTENER:
		clients_accept(&monitor.clients, monitor.listener);
		break;
	case EVENT_SIGNAL:
		take_signal();
		break;
	case EVENT_CONSOLE:
		monitor.console.readable = true;
		if (event->events & EPOLLOUT)
			clients_resume_typing(&monitor.clients);
		break;
	case EVENT_AWAITED:
		*awaited = true;
		break;
	}
}

static int sooner(int one, int other)
{
	if (one < 0 || other < 0)
		return one < 0 ? other : one;
	return one < other ? one : other;
}

static void move_output(void)
{
	if (monitor.console.readable && !clients_hold_back(&monitor.clients))
		console_read(&monitor.console, &monitor.ring);
	clients_send(&monitor.clients);
}

/* Handles what happens within the time-out. `waiting`: for clients, whose patience then runs out. */
static void take_events(int timeout_ms, bool waiting, bool *awaited)
{
	struct epoll_event events[EVENTS_A_TURN];
	bool held_back = clients_hold_back(&monitor.clients);
	if (held_back || waiting)
		timeout_ms = sooner(timeout_ms, clients_patience(&monitor.clients));
	if (monitor.console.readable && !held_back)
		timeout_ms = 0;
	int count = epoll_wait(monitor.epoll, events, EVENTS_A_TURN, timeout_ms);
	for (int index = 0; index < count; index++)
		handle(&events[index], awaited);
	if (held_back || waiting)
		clients_give_up_stalled(&monitor.clients);
}

/* Serves until `fd` has `events`, or for so long at most (-1: for ever). */
static void serve_until(int fd, uint32_t events, int limit_ms)
{
	bool awaited = false;
	uint64_t begin = monotonic_ms(), passed = 0;
	if (watch(fd, EVENT_AWAITED, events) < 0)
		return;
	while (!awaited && (limit_ms < 0 || passed < (uint64_t)limit_ms)) {
		move_output();
		take_events(limit_ms < 0 ? -1 : limit_ms - (int)passed, false, &awaited);
		passed = monotonic_ms() - begin;
	}
	epoll_ctl(monitor.epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* Serves until `done`, or until clients had their time. */
static void serve_clients_until(bool (*done)(const struct clients *))
{
	bool ignored = false;
	uint64_t begin = monotonic_ms(), passed = 0;
	while (passed < CLIENT_PATIENCE_MS) {
		move_output();
		if (!monitor.console.readable && done(&monitor.clients))
			break;
		take_events(CLIENT_PATIENCE_MS - (int)passed, true, &ignored);
		passed = monotonic_ms() - begin;
	}
}

/* ---- The end ---- */

/* Processes that joined the machine from outside may outlive its init; nothing may outlive this. */
static void empty_payload(void)
{
	uint64_t begin = monotonic_ms();
	int events = payload_open_events(monitor.setup);
	while (payload_is_populated(monitor.setup) && monotonic_ms() - begin < KILL_PATIENCE_MS) {
		payload_kill(monitor.setup);
		if (events >= 0)
			serve_until(events, EPOLLPRI | EPOLLET, LEGACY_PAUSE_MS * 10);
		else
			usleep(LEGACY_PAUSE_MS * 1000);
	}
	if (events >= 0)
		close(events);
}

static bool policy_says_again(void)
{
	if (!monitor.setup->on_exit)
		return false;
	write_oom_score(monitor.oom_score);
	pid_t command = ending_ask_policy(monitor.setup->on_exit);
	if (command < 0)
		return false;
	int pidfd = (int)syscall(SYS_pidfd_open, command, 0);
	if (pidfd >= 0) {
		serve_until(pidfd, EPOLLIN, -1);
		close(pidfd);
	}
	return ending_policy_answer(command);
}

/* The run directory goes first: who was told of the end may start the machine anew at once. */
static void say_goodbye(const struct ending_record *record)
{
	run_directory_remove(monitor.setup->run_directory_fd, monitor.setup->run_directory);
	close(monitor.listener);
	clients_announce_end(&monitor.clients, record->bytes, record->length);
	serve_clients_until(clients_gone);
}

static void write_record(const struct ending *ending, struct ending_record *record)
{
	ending_encode(ending, record);
	if (monitor.setup->exit_record)
		/* On a full disk the machine still ends; then the last run's end is unknown. */
		(void)ending_write(monitor.setup->exit_record, record);
}

/* ---- Entry points ---- */

int monitor_open(const struct monitor_setup *setup, const char **what)
{
	struct state state = { .phase = "starting", .started_at = monitor.started_at = wall_clock_ms() };
	monitor.setup = setup;
	*what = setup->run_directory;
	if (state_write(setup->run_directory_fd, &state) < 0)
		return -1;
	if (monitor.open)
		return 0; /* The console goes on: a new size of the log takes effect after a full stop. */

	*what = setup->console_log ? setup->console_log : "console-log";
	if (ring_open(&monitor.ring, setup->console_log, setup->console_log ? setup->console_log_bytes : UNLOGGED_BYTES) < 0)
		return -1;
	*what = "console.sock";
	monitor.listener = run_directory_listen(setup->run_directory_fd);
	monitor.epoll = epoll_create1(EPOLL_CLOEXEC);
	monitor.signals = open_signals();
	if (monitor.listener < 0 || monitor.epoll < 0 || monitor.signals < 0)
		return -1;
	clients_init(&monitor.clients, monitor.epoll, &monitor.ring, &monitor.console);
	monitor.open = true;
	return watch(monitor.listener, EVENT_LISTENER, EPOLLIN) < 0 || watch(monitor.signals, EVENT_SIGNAL, EPOLLIN) < 0 ? -1 : 0;
}

static int write_phase(const char *phase, pid_t init)
{
	struct state state = { .phase = phase, .init = init, .started_at = monitor.started_at };
	return state_write(monitor.setup->run_directory_fd, &state);
}

int monitor_started(const struct monitor_setup *setup)
{
	monitor.setup = setup;
	return write_phase("running", setup->init_pid);
}

enum monitor_result monitor_run(const struct monitor_setup *setup)
{
	struct ending_record record;
	monitor.setup = setup;
	monitor.started_before = true;
	resist_oom();
	console_adopt(&monitor.console, setup->console_master, setup->init_pidfd);
	if (setup->console_master >= 0)
		/* Edge-triggered: while nobody inside has the console open a pty reports a hang-up without end. */
		watch(setup->console_master, EVENT_CONSOLE, EPOLLIN | EPOLLOUT | EPOLLET);

	serve_until(setup->init_pidfd, EPOLLIN, -1);
	struct ending ending = ending_reap(setup->init_pid);
	write_phase("stopping", 0);
	empty_payload();
	monitor.console.readable = setup->console_master >= 0; /* its last words may have come with its end */
	serve_clients_until(clients_served);
	console_close(&monitor.console);
	payload_remove_cgroups(setup);
	write_record(&ending, &record);
	if (policy_says_again()) {
		clients_announce_reboot(&monitor.clients);
		return MONITOR_START_AGAIN;
	}
	say_goodbye(&record);
	return MONITOR_DONE;
}

void monitor_abandon(const struct monitor_setup *setup)
{
	struct ending_record record;
	struct ending ending = { .reason = "exited", .code = 125, .at = wall_clock_ms() };
	monitor.setup = setup;
	payload_kill(setup);
	if (setup->init_pid > 0) {
		kill(setup->init_pid, SIGKILL);
		(void)ending_reap(setup->init_pid);
	}
	empty_payload();
	payload_remove_cgroups(setup);
	if (!monitor.started_before) {
		run_directory_remove(setup->run_directory_fd, setup->run_directory);
		return;
	}
	/* A start again that failed is the end of the machine's run; whatever policy answers, it does not go round for ever. */
	write_record(&ending, &record);
	(void)policy_says_again();
	say_goodbye(&record);
}
