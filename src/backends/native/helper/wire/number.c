#include "number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_parse(const char *text, uint64_t largest, uint64_t *value)
{
	size_t length = strlen(text);

	if (length == 0 || length > 20 || strspn(text, "0123456789") != length)
		return false;
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno == 0 && *value <= largest;
}

bool number_parse_id(const char *text, uint32_t *id)
{
	uint64_t number;

	if (!number_parse(text, UINT32_MAX - 1, &number))
		return false;
	*id = (uint32_t)number;
	return true;
}
