/*
 * The monitor: what stays of `launch` for as long as the machine lives. It owns the console and its log, serves clients,
 * reaps init, tears the machine down, writes the exit record and asks policy (`on-exit`) what comes next.
 *
 * Order of calls by launch.c, all in the process that is init's parent:
 *   monitor_open()    once monitor.lock is held and before anything is made: console.sock listens, state says `starting`
 *   (cgroups, clone, handshake, exec)
 *   monitor_started() when init runs, before `running` is reported: state says so, so that whoever reads the report finds it
 *   monitor_run()     until the machine ended and is torn down
 *   monitor_abandon() instead of the last two when the launch failed
 * Only one machine a process: the monitor's own state is static, and survives MONITOR_START_AGAIN with its clients.
 */
#ifndef TSMACHINE_MONITOR_H
#define TSMACHINE_MONITOR_H

#include "watches.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A list of strings that somebody else owns. */
struct path_list {
	char *const *items;
	size_t count;
};

/* All strings must live until monitor_run() or monitor_abandon() returns. Descriptors marked (taken) are closed by the monitor. */
struct monitor_setup {
	const char *name;          /* the machine's */
	const char *run_directory; /* path; its last component is removed at the end */
	int run_directory_fd;      /* stays open with the caller */
	int lock_fd;               /* monitor.lock, held; stays open until the process ends */
	const char *console_log;   /* NULL: no log is kept */
	uint64_t console_log_bytes;
	const char *exit_record;   /* NULL: none is written */
	char *const *on_exit;      /* NULL-terminated argv; NULL: none */
	char *const *on_terminate; /* likewise */
	char *const *on_event;     /* likewise */
	struct watch_setup watches[WATCHES_MAX];
	size_t watch_count;

	/*
	 * Every cgroup-payload: removed with all groups that the machine made below. Those above, which machines share, stay: another one may
	 * be about to make its own in them.
	 */
	struct path_list payload_cgroups;
	const char *cgroup_kill;          /* cgroup-kill, or NULL on a host without cgroup v2 */

	/* Known once init was born: */
	int console_master; /* (taken) pty master, or -1 for a plan without a console */
	int notify_socket;  /* (taken) init says there that it is ready, or -1 */
	pid_t init_pid;     /* in the host's pid namespace; a child of this process, not reaped */
	int init_pidfd;     /* (taken) */
};

enum monitor_result {
	MONITOR_DONE,        /* the run directory is gone; exit now, without touching anything */
	MONITOR_START_AGAIN, /* on-exit answered 10: read the plan file and run it; monitor_open() first, with the new setup */
};

/* 0, or -1 with errno and *what naming the file that failed. Called again before a start again: keeps clients and ring. */
int monitor_open(const struct monitor_setup *setup, const char **what);

/* Writes state `running`. 0, or -1 with errno. */
int monitor_started(const struct monitor_setup *setup);

enum monitor_result monitor_run(const struct monitor_setup *setup);

/*
 * The launch failed: kills what is in the payload cgroups, reaps init_pid if it is not 0, removes the cgroups, the run directory's
 * contents and the directory. After a failed start *again* it also writes an exit record and tells the clients.
 */
void monitor_abandon(const struct monitor_setup *setup);

#endif
