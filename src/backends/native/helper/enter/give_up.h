/* How a process of enter ends that could not do its part. */
#ifndef TSMACHINE_GIVE_UP_H
#define TSMACHINE_GIVE_UP_H

#include "report.h"

/* Tells the one that stays outside what failed, and leaves with `code`. */
void give_up(int link, int code, const struct failure *failure) __attribute__((noreturn));

#endif
