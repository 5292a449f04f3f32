#include "marks.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "xattrs.h"

bool marks_is_whiteout(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && status->st_rdev == makedev(0, 0);
}

bool marks_is_private(const char *xattr)
{
	size_t length = strlen(MARKS_PREFIX);

	return strncmp(xattr, MARKS_PREFIX, length) == 0 && strncmp(xattr + length, "overlay.", 8) != 0;
}

static bool has(int parent, const char *name, const char *xattr)
{
	return xattrs_get(parent, name, xattr, NULL, 0) >= 0;
}

static char opaque_value(int parent, const char *name)
{
	char value[8];

	return xattrs_get(parent, name, MARKS_OPAQUE, value, sizeof value) == 1 ? value[0] : '\0';
}

bool marks_is_opaque(int parent, const char *name)
{
	return opaque_value(parent, name) == 'y';
}

const char *marks_foreign(int parent, const char *name, const struct stat *status)
{
	if (!S_ISDIR(status->st_mode) && !S_ISREG(status->st_mode))
		return NULL;
	if (has(parent, name, MARKS_REDIRECT))
		return MARKS_REDIRECT;
	if (has(parent, name, MARKS_METACOPY))
		return MARKS_METACOPY;
	/* Says that whiteouts in it are regular files (Linux 6.7). */
	return S_ISDIR(status->st_mode) && opaque_value(parent, name) == 'x' ? MARKS_OPAQUE "=x" : NULL;
}
