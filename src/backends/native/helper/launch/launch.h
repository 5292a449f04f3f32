/* `launch`: runs a plan (fd 0), reports on fd 3, then stays as the machine's monitor. */
#ifndef TSMACHINE_LAUNCH_H
#define TSMACHINE_LAUNCH_H

/* Mode entry points that main.c dispatches to; argv[0] is the mode's name. Each returns the process's exit code. */
int launch_main(int argc, char **argv);
int launch_each_main(int argc, char **argv);
int check_main(int argc, char **argv);
int enter_main(int argc, char **argv);
int drive_main(int argc, char **argv);
int group_program_main(int argc, char **argv);
int interfaces_main(int argc, char **argv);
int lock_main(int argc, char **argv);
int lock_each_main(int argc, char **argv);
int probe_main(int argc, char **argv);

#endif
