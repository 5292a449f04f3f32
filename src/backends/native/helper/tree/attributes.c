#include "attributes.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "marks.h"
#include "shift.h"
#include "xattrs.h"

static bool contains(const struct xattrs *xattrs, const char *name)
{
	for (size_t i = 0; i < xattrs->count; i++) {
		if (strcmp(xattrs->names[i], name) == 0)
			return true;
	}
	return false;
}

static const char *remove_others(int to, const struct xattrs *wanted)
{
	static struct xattrs present;

	if (xattrs_list(to, ".", &present) < 0)
		return "llistxattr";
	for (size_t i = 0; i < present.count; i++) {
		const char *name = present.names[i];

		if (!marks_is_private(name) && !contains(wanted, name) && xattrs_remove(to, ".", name) < 0 && errno != ENODATA)
			return "lremovexattr";
	}
	return NULL;
}

static const char *give_xattrs(int from, int to)
{
	static struct xattrs wanted;
	const char *failed;

	if (xattrs_list(from, ".", &wanted) < 0)
		return "llistxattr";
	failed = remove_others(to, &wanted);
	for (size_t i = 0; i < wanted.count && failed == NULL; i++) {
		const char *name = wanted.names[i];
		ssize_t size;

		if (marks_is_private(name))
			continue;
		size = xattrs_get(from, ".", name, wanted.value, sizeof wanted.value);
		if (size < 0)
			failed = "lgetxattr";
		else if (xattrs_set(to, ".", name, wanted.value, (size_t)size, 0) < 0)
			failed = "lsetxattr";
	}
	return failed;
}

const char *attributes_copy_xattrs(int from, const char *name, int to, const char *to_name)
{
	static struct xattrs all;

	if (xattrs_list(from, name, &all) < 0)
		return "llistxattr";
	for (size_t i = 0; i < all.count; i++) {
		ssize_t size = xattrs_get(from, name, all.names[i], all.value, sizeof all.value);

		if (size < 0)
			return "lgetxattr";
		size = shift_xattr(all.names[i], (unsigned char *)all.value, size);
		if (size < 0)
			return "lgetxattr";
		if (xattrs_set(to, to_name, all.names[i], all.value, (size_t)size, 0) < 0)
			return "lsetxattr";
	}
	return NULL;
}

const char *attributes_give(int from, int to)
{
	struct stat status;
	const char *failed;

	if (fstat(from, &status) < 0)
		return "fstat";
	if (fchown(to, status.st_uid, status.st_gid) < 0)
		return "fchown";
	failed = give_xattrs(from, to);
	if (failed != NULL)
		return failed;
	/* Last: a change of owner and an access control list change it. */
	return fchmod(to, status.st_mode & 07777) < 0 ? "fchmod" : NULL;
}

int attributes_set_time(int directory, struct timespec modified)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, modified };

	return futimens(directory, times);
}
