/* Looks through a tree; the working directory is another one afterwards. All return 0, or -1 with *failure. */
#ifndef TSMACHINE_SCAN_H
#define TSMACHINE_SCAN_H

#include <stdio.h>

#include "blocks.h"
#include "report.h"

/* Writes an entry for the top and each thing below it (docs/launch-plan.md); takes the descriptor over. */
int scan_entries(int top, FILE *out, struct failure *failure);

/* Adds what all of it takes; takes the descriptor over. */
int scan_blocks(int top, struct blocks *blocks, struct failure *failure);

/*
 * Adds what `name` in `parent` takes, whatever it is, with all below it; nothing if it is not there. `parent` stays open.
 */
int scan_name(int parent, const char *name, struct blocks *blocks, struct failure *failure);

#endif
