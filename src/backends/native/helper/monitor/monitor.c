#include "monitor.h"

#include "ending.h"
#include "last_counts.h"
#include "monotonic.h"
#include "oom_score.h"
#include "payload.h"
#include "run_directory.h"
#include "serving.h"
#include "state.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* A process that cannot die (in an uninterruptible call) must not keep the monitor for ever. */
	KILL_PATIENCE_MS = 10000,
	/* How long to wait for the kernel to tell of emptiness before killing again; on cgroup v1 it does not tell at all. */
	KILL_AGAIN_MS = 50,
	KILL_AGAIN_LEGACY_MS = 5,
	/* What is kept for clients that attach, when no log is asked for. */
	UNLOGGED_BYTES = 256 * 1024,
	/* For all clients that took on-exit's part together: each of them answers within a millisecond. */
	DECISION_PATIENCE_MS = 2000,
	LAUNCH_FAILED_CODE = 125,
};

/* One machine a process; static, so that it costs no heap and survives a start again. */
static struct monitor {
	bool is_open;
	bool terminating; /* SIGTERM came: whatever init does, the machine does not start again */
	pid_t terminator; /* the on-terminate command, or 0 */
	pid_t teller;     /* the on-event command, or 0 */
	bool ending;      /* init has ended: what happens now, the last counts tell */
	bool has_run; /* a failed launch is then the end of a run, of which there must be a record */
	uint64_t started_at;
	struct server server;
	const struct monitor_setup *setup;
} monitor = { .server.console = { .master = -1, .init_pidfd = -1 } };

static void kill_machine(void)
{
	payload_kill(monitor.setup);
	console_signal(&monitor.server.console, SIGKILL);
}

/* The command that brings the machine down: if it did not, the machine is killed. */
static void on_terminated(void)
{
	int status = 0;
	bool reaped = waitpid(monitor.terminator, &status, 0) == monitor.terminator;
	monitor.terminator = 0;
	if (!reaped || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		kill_machine();
}

/* The first SIGTERM has the machine brought down as a person would; another one, or a command that cannot be run, kills it. */
static void on_terminate(void)
{
	bool again = monitor.terminating;
	monitor.terminating = true;
	if (!again && monitor.setup->on_terminate)
		monitor.terminator = ending_run(monitor.setup->on_terminate, NULL);
	int pidfd = !again && monitor.terminator > 0 ? (int)syscall(SYS_pidfd_open, monitor.terminator, 0) : -1;
	if (pidfd >= 0)
		serving_watch_terminator(&monitor.server, pidfd);
	else
		kill_machine();
}

/* ---- What is watched ---- */

static void on_happened(void)
{
	const char *paths[WATCHES_MAX + 1];
	watches_happened(&monitor.server.watches, paths);
	pid_t teller = monitor.ending ? 0 : ending_run(monitor.setup->on_event, paths);
	int pidfd = teller > 0 ? (int)syscall(SYS_pidfd_open, teller, 0) : -1;
	if (pidfd < 0)
		return;
	monitor.teller = teller;
	watches_told(&monitor.server.watches);
	serving_watch_teller(&monitor.server, pidfd);
}

/* Its answer does not matter: if it failed, the last counts tell all the same. */
static void on_told(void)
{
	waitpid(monitor.teller, NULL, 0);
	monitor.teller = 0;
}

static void begin_watching(const struct monitor_setup *setup)
{
	monitor.ending = false;
	if (!setup->on_event)
		return;
	/* Policy's note of what it told. Made here, where it is also removed: whoever tells late must not leave one behind. */
	int told = openat(setup->run_directory_fd, "told", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (told >= 0)
		close(told);
	watches_open(&monitor.server.watches, monitor.server.epoll, setup->watches, setup->watch_count);
}

static int write_phase(const char *phase, pid_t init)
{
	struct state state = { .phase = phase, .init = init, .started_at = monitor.started_at };
	state.ready_at = monitor.server.readiness.at;
	return state_write(monitor.setup->run_directory_fd, &state);
}

static void on_ready(void)
{
	write_phase("running", monitor.setup->init_pid);
}

/* ---- The beginning ---- */

static int open_server(const struct monitor_setup *setup, const char **what)
{
	uint64_t capacity = setup->console_log ? setup->console_log_bytes : UNLOGGED_BYTES;
	*what = setup->console_log ? setup->console_log : "console-log";
	if (ring_open(&monitor.server.ring, setup->console_log, capacity) < 0)
		return -1;
	*what = "console.sock";
	int listener = run_directory_listen(setup->run_directory_fd);
	if (listener < 0)
		return -1;
	monitor.server.on_terminate = on_terminate;
	monitor.server.on_terminated = on_terminated;
	monitor.server.on_happened = on_happened;
	monitor.server.on_told = on_told;
	monitor.server.on_ready = on_ready;
	return serving_open(&monitor.server, listener);
}

int monitor_open(const struct monitor_setup *setup, const char **what)
{
	monitor.setup = setup;
	monitor.started_at = wall_clock_ms();
	monitor.server.readiness.at = 0;
	*what = setup->run_directory;
	if (monitor.has_run)
		last_counts_remove(setup->run_directory_fd);
	if (write_phase("starting", 0) < 0)
		return -1;
	/* At a start again the console goes on: a new size of its log takes effect after a full stop. */
	if (!monitor.is_open && open_server(setup, what) < 0)
		return -1;
	monitor.is_open = true;
	return 0;
}

int monitor_started(const struct monitor_setup *setup)
{
	monitor.setup = setup;
	return write_phase("running", setup->init_pid);
}

/* ---- The end ---- */

/* Processes that joined the machine from outside may outlive its init; nothing may outlive this. */
static void empty_payload(void)
{
	uint64_t begin = monotonic_ms();
	int events = payload_open_events(monitor.setup);
	while (payload_is_populated(monitor.setup) && monotonic_ms() - begin < KILL_PATIENCE_MS) {
		payload_kill(monitor.setup);
		if (events >= 0 && monitor.is_open)
			serving_until(&monitor.server, events, EPOLLPRI | EPOLLET, KILL_AGAIN_MS);
		else
			usleep(KILL_AGAIN_LEGACY_MS * 1000);
	}
	if (events >= 0)
		close(events);
}

static void write_record(const struct ending *ending, struct ending_record *record)
{
	ending_encode(ending, record);
	if (monitor.setup->exit_record)
		/* On a full disk the machine still ends; then how this run ended is not known. */
		(void)ending_write(monitor.setup->exit_record, record);
}

/* 1, start again, or 0, says a client that took on-exit's part (which saves a process); -1: nobody answered. */
static int ask_clients(const struct ending_record *record)
{
	int decision = -1;
	uint64_t begin = monotonic_ms(), passed = 0;
	while (decision < 0 && passed < DECISION_PATIENCE_MS &&
	       clients_ask_exit(&monitor.server.clients, record->bytes, record->length)) {
		serving_until_clients(&monitor.server, clients_exit_settled, DECISION_PATIENCE_MS - (int)passed);
		decision = clients_take_decision(&monitor.server.clients);
		passed = monotonic_ms() - begin;
	}
	return decision;
}

static bool ask_command(bool final)
{
	const char *last[] = { final ? "--final" : NULL, NULL };
	pid_t command = ending_run(monitor.setup->on_exit, last);
	if (command < 0)
		return false;
	int pidfd = (int)syscall(SYS_pidfd_open, command, 0);
	if (pidfd >= 0) {
		serving_until(&monitor.server, pidfd, EPOLLIN, -1);
		close(pidfd);
	}
	return ending_policy_answer(command);
}

/* Clients are not told that it is final; on-exit is. */
static bool ask_policy(const struct ending_record *record, bool final)
{
	int decision = final ? -1 : ask_clients(record);
	return decision < 0 ? ask_command(final) : decision == 1;
}

static bool policy_says_again(const struct ending_record *record)
{
	if (!monitor.setup->on_exit)
		return false;
	oom_score_restore();
	bool final = monitor.terminating;
	bool again = ask_policy(record, final);
	if (again && !final && monitor.terminating)
		again = ask_policy(record, true); /* SIGTERM came meanwhile: whoever answered must know how it ends */
	return again && !monitor.terminating;
}

/* The run directory goes first: who was told of the end may start the machine anew at once. */
static void say_goodbye(const struct ending_record *record)
{
	run_directory_remove(monitor.setup->run_directory_fd, monitor.setup->run_directory);
	close(monitor.server.listener);
	clients_announce_end(&monitor.server.clients, record->bytes, record->length);
	serving_until_clients(&monitor.server, clients_gone, CLIENT_PATIENCE_MS);
}

static struct ending await_end(const struct monitor_setup *setup)
{
	serving_until(&monitor.server, setup->init_pidfd, EPOLLIN, -1);
	monitor.ending = true;
	serving_stop_listening(&monitor.server);
	struct ending ending = ending_reap(setup->init_pid);
	write_phase("stopping", 0);
	empty_payload();
	watches_end(&monitor.server.watches, setup->run_directory_fd);
	monitor.server.console.readable = setup->console_master >= 0; /* its last words may have come with its end */
	serving_until_clients(&monitor.server, clients_served, CLIENT_PATIENCE_MS);
	console_close(&monitor.server.console);
	payload_remove_cgroups(setup);
	return ending;
}

enum monitor_result monitor_run(const struct monitor_setup *setup)
{
	struct ending_record record;
	monitor.setup = setup;
	monitor.has_run = true;
	oom_score_lower();
	serving_adopt(&monitor.server, setup->console_master, setup->init_pidfd);
	serving_listen(&monitor.server, setup->notify_socket, setup->init_pid);
	begin_watching(setup);
	struct ending ending = await_end(setup);
	write_record(&ending, &record);
	if (policy_says_again(&record)) {
		clients_announce_reboot(&monitor.server.clients);
		return MONITOR_START_AGAIN;
	}
	say_goodbye(&record);
	return MONITOR_DONE;
}

void monitor_abandon(const struct monitor_setup *setup)
{
	struct ending_record record;
	struct ending ending = { .reason = "exited", .code = LAUNCH_FAILED_CODE, .at = wall_clock_ms() };
	monitor.setup = setup;
	ending_force(setup->init_pid);
	empty_payload();
	payload_remove_cgroups(setup);
	if (!monitor.has_run) {
		run_directory_remove(setup->run_directory_fd, setup->run_directory);
		return;
	}
	/* A start again that failed is the end of the machine's run; whatever policy answers, it does not go round for ever. */
	write_record(&ending, &record);
	(void)policy_says_again(&record);
	say_goodbye(&record);
}
