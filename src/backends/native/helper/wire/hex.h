/* Programs for the kernel travel as lower-case hexadecimal: strings of records hold no NUL. */
#ifndef TSMACHINE_HEX_H
#define TSMACHINE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the text is 1 to `most` items of `size` bytes each. */
bool hex_holds(const char *text, size_t size, size_t most);

/* The first `count` bytes of a text that hex_holds. */
void hex_decode(const char *text, unsigned char *bytes, size_t count);

/* 2 * count digits and a NUL. */
void hex_encode(const unsigned char *bytes, size_t count, char *text);

#endif
