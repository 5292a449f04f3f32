#include "originals.h"

#include <errno.h>
#include <linux/posix_acl_xattr.h>
#include <linux/posix_acl.h>
#include <string.h>
#include <sys/xattr.h>

enum { USUAL_LIST = 512, MOST_ENTRIES = 256 };

int originals_xattrs_begin(int fd, struct originals_xattrs *xattrs)
{
	ssize_t length = flistxattr(fd, xattrs->list, USUAL_LIST);

	if (length < 0 && errno == ERANGE)
		length = flistxattr(fd, xattrs->list, sizeof xattrs->list);
	if (length < 0 && errno != ENOTSUP)
		return -1;
	xattrs->next = xattrs->list;
	xattrs->end = xattrs->list + (length < 0 ? 0 : length);
	return 0;
}

bool originals_xattrs_next(const struct transfer *transfer, int fd, struct originals_xattrs *xattrs)
{
	while (xattrs->next < xattrs->end) {
		ssize_t size;

		xattrs->name = xattrs->next;
		xattrs->next += strlen(xattrs->name) + 1;
		if (strlen(xattrs->name) > NAME_MAX)
			continue;
		size = fgetxattr(fd, xattrs->name, xattrs->value, sizeof xattrs->value);
		if (size < 0 || !transfer_carries(transfer, xattrs->name, (size_t)size))
			continue;
		xattrs->size = (size_t)size;
		return true;
	}
	return false;
}

static bool has(const struct originals_xattrs *xattrs, const char *name)
{
	for (const char *at = xattrs->list; at < xattrs->end; at += strlen(at) + 1) {
		if (strcmp(at, name) == 0)
			return true;
	}
	return false;
}

unsigned originals_mode_without_list(int fd, const struct originals_xattrs *xattrs, unsigned mode)
{
	static const char name[] = "system.posix_acl_access";
	struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[MOST_ENTRIES];
	} list;
	ssize_t size = has(xattrs, name) ? fgetxattr(fd, name, &list, sizeof list) : -1;

	if (size < 0 && has(xattrs, name) && errno == ERANGE)
		return mode & ~070U; /* too long to look for it: rather too few rights than too many */
	for (ssize_t i = 0; i < (size - (ssize_t)sizeof list.header) / (ssize_t)sizeof *list.entries; i++) {
		if (list.entries[i].e_tag == ACL_GROUP_OBJ)
			return mode & (~070U | ((unsigned)(list.entries[i].e_perm & 7) << 3));
	}
	return mode;
}
