/* What a process of ours does once it is in a machine's user namespace. */
#ifndef TSMACHINE_BECOME_ROOT_H
#define TSMACHINE_BECOME_ROOT_H

#include "report.h"

/*
 * Takes the ids of the machine's root: ours of the host mean nothing inside. Processes of the machine may see us from the moment that we
 * are in its namespaces. Not dumpable, we cannot be traced or have our descriptors and executable reached by its root (CVE-2019-5736);
 * changing ids may reset it. 0, or -1 with *failure.
 */
int become_root(struct failure *failure);

#endif
