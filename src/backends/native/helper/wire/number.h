#ifndef TSMACHINE_NUMBER_H
#define TSMACHINE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits only: no sign, space or prefix, as strtoull(3) would take. False also when larger than `largest`. */
bool number_parse(const char *text, uint64_t largest, uint64_t *value);

/* Of a user or group. The last one means "leave it" to setresuid(2): nobody may have it. */
bool number_parse_id(const char *text, uint32_t *id);

#endif
