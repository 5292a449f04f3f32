/* The monitor's files in the machine's run directory. */
#ifndef TSMACHINE_RUN_DIRECTORY_H
#define TSMACHINE_RUN_DIRECTORY_H

/* Listens on console.sock, mode 0600; a stale one is replaced (we hold monitor.lock). The descriptor, or -1 with errno. */
int run_directory_listen(int run_directory_fd);

/* Removes the files that a monitor keeps there, and the directory itself (`path` gives its name), if nothing else is in it. */
void run_directory_remove(int run_directory_fd, const char *path);

#endif
