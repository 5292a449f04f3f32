/*
 * The mounts that a machine is given from the host: its root and its binds.
 *
 * They are made in a staging mount namespace that belongs to the host, each attached under its slot's name in a tmpfs. Init-to-be
 * takes its own copy of that namespace from within its user namespace: then the kernel locks read-only, nodev and the like on them
 * (mount_namespaces(7), "less privileged"). Handed over as detached mounts instead, the machine's root could take `ro` off a bind.
 */
#ifndef TSMACHINE_OVERLAY_H
#define TSMACHINE_OVERLAY_H

#include "idmap.h"
#include "plan.h"
#include "report.h"

struct staging {
	int host_namespace; /* to come back to */
	int directory;      /* the tmpfs with the slots */
};

/*
 * Enters a private copy of the mount namespace, with the tmpfs on `covered`, which is hidden there; the working directory is then the
 * tmpfs. (Not on /: who has something on top of it counts as chrooted and may not make user namespaces.) 0, or -1.
 */
int staging_enter(struct staging *staging, const char *covered, struct failure *failure);

/* Attaches a mount as `name` in the working directory, and closes its descriptor. 0, or -1. */
int staging_attach(int mount, const char *name, struct failure *failure);

/* The same with the directory at `path`, which gets the machine's ids if `userns` >= 0. */
int staging_attach_layer(const char *path, const char *name, int userns, struct failure *failure);

/*
 * Attaches as `name` an overlay that is written to, of upper and work in `directory` over `layers` (top first), with ids as they are on
 * disk: in the working directory, which has none of "d", "0", "1" and so on. 0, or -1.
 */
int staging_attach_overlay(const char *directory, char *const *layers, size_t count, const char *name, unsigned attributes,
			   struct failure *failure);

/* Back to the host's mount namespace, working directory /. Fine to call when not entered (host_namespace -1). */
void staging_leave(struct staging *staging);

/* Makes the slot of an `overlay` or `tree` operation. `userns` carries the id map of `mapped` ones. 0, or -1. */
int overlay_make_slot(const struct staging *staging, const struct plan *plan, const struct record *record, int userns,
		      struct failure *failure);

#endif
