#include "number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_parse(const char *text, unsigned long long largest, unsigned long long *value)
{
	size_t length = strlen(text);

	if (length == 0 || length > 20 || strspn(text, "0123456789") != length)
		return false;
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return errno == 0 && *value <= largest;
}
