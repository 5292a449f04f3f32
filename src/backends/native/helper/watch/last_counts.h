/* The file `last-counts` of the run directory: what became of a machine's limits until its end, when its groups are gone. */
#ifndef TSMACHINE_LAST_COUNTS_H
#define TSMACHINE_LAST_COUNTS_H

/*
 * `happened` are the paths of what was not told, `counted` those of files with counters; both end with NULL. Written by temporary file and
 * rename. 0, or -1 with errno.
 */
int last_counts_write(int run_directory_fd, const char *const *happened, const char *const *counted);

/* Of a former run. */
void last_counts_remove(int run_directory_fd);

#endif
