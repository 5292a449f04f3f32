/* What a transfer tells while it goes on, as NUL-ended texts on a pipe: `done FILES BYTES`, `total FILES BYTES`, `skipped WHY PATH`. */
#ifndef TSMACHINE_TALLY_H
#define TSMACHINE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

/* Counts, and tells now and then. Two processes of a transfer have one each and only the writer counts. */
void tally_files(uint64_t files);
void tally_bytes(uint64_t bytes);

/* The last figures. */
void tally_end(void);

void tally_total(uint64_t files, uint64_t bytes);

/* `why` is one word; `top` is empty for /. A path that is too long loses its end. */
void tally_skipped(const char *why, const char *top, const char *path);

/* Milliseconds of a clock that only goes forward. */
int64_t tally_clock(void);

#endif
