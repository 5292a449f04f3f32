/* The processes of a machine as its cgroups hold them: killing all of them, and removing the groups. */
#ifndef TSMACHINE_PAYLOAD_H
#define TSMACHINE_PAYLOAD_H

#include "monitor.h"

#include <stdbool.h>

/* Kills every process in the machine's cgroups at once. Nobody escapes by forking on cgroup v2; on v1 it may take several calls. */
void payload_kill(const struct monitor_setup *setup);

/* Whether a process is left in any of them. */
bool payload_is_populated(const struct monitor_setup *setup);

/* A descriptor of cgroup.events, which polls EPOLLPRI when it changes; -1 without cgroup v2. */
int payload_open_events(const struct monitor_setup *setup);

/* Removes the payload's groups with all that the machine made below them, then every group that the plan created, if empty. */
void payload_remove_cgroups(const struct monitor_setup *setup);

#endif
