#include "hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

bool hex_holds(const char *text, size_t size, size_t most)
{
	size_t length = strlen(text);

	return length > 0 && length % (2 * size) == 0 && length / (2 * size) <= most && strspn(text, digits) == length;
}

static unsigned char value(char digit)
{
	return (unsigned char)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

void hex_decode(const char *text, unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)(value(text[2 * i]) << 4 | value(text[2 * i + 1]));
}

void hex_encode(const unsigned char *bytes, size_t count, char *text)
{
	for (size_t i = 0; i < count; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	text[2 * count] = '\0';
}
