/* A transfer of files between the host and a machine, as decoded from the records of `transfer` (docs/launch-plan.md). */
#ifndef TSMACHINE_TRANSFER_H
#define TSMACHINE_TRANSFER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "records.h"
#include "report.h"
#include "shifted_ids.h"

enum {
	TRANSFER_STDIN = 0,
	TRANSFER_STDOUT = 1,
	TRANSFER_TALLY = 4, /* what tally.h says goes there */
	TRANSFER_MAX_LAYERS = 500,
};

struct transfer {
	bool push; /* into the machine; else out of it */
	/* A running machine. */
	pid_t init;
	uint64_t init_start;
	/* One that is stopped: its directory of changes over its layers, or its tree; mounted for this work alone. */
	const struct record *overlay; /* DIR LAYER... */
	const char *tree;
	struct id_shift shift; /* of the tree's owners */
	char **sources; /* absolute, or "-" alone: descriptor 0 */
	size_t source_count;
	const char *target; /* absolute, or "-": descriptor 1 */
	bool into;          /* the target is, or becomes, a directory */
	bool parents;       /* what is missing of the target's directory is made */
	bool keep_owners;
	uid_t uid; /* else */
	gid_t gid;
	uint32_t id_count; /* ids that the machine has; 0: all there are */
	bool set_id;       /* bits and capabilities that give rights stay */
};

/* NULL, or what is malformed. Strings point into `records`. */
const char *transfer_parse(const struct records *records, struct transfer *transfer);

/*
 * Puts this process where the machine's root is /, and nothing else can be reached: into its namespaces while it runs, else into a
 * mount namespace of its own. `init` is a pidfd, or -1. 0, or -1.
 */
int transfer_enter_machine(const struct transfer *transfer, int init, struct failure *failure);

/* Both return 0, or -1 with *failure; its number is EPIPE when the other one has failed. */
int transfer_read(const struct transfer *transfer, bool in_machine, int socket, struct failure *failure);
int transfer_write(const struct transfer *transfer, bool in_machine, int socket, struct failure *failure);

/* Whether an extended attribute goes along. */
bool transfer_carries(const struct transfer *transfer, const char *xattr, size_t size);

/* Somebody wants the end of it: what is half made is to be removed. Set by signals. */
extern volatile sig_atomic_t transfer_stopped;

int transfer_main(int argc, char **argv);

#endif
