#ifndef TSMACHINE_NUMBER_H
#define TSMACHINE_NUMBER_H

#include <stdbool.h>

/* Decimal digits only: no sign, space or prefix, as strtoull(3) would take. False also when larger than `largest`. */
bool number_parse(const char *text, unsigned long long largest, unsigned long long *value);

#endif
