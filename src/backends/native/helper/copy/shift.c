#include "shift.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>

enum {
	/* A version, then entries of tag, permissions and id: linux/posix_acl_xattr.h. */
	ACL_HEADER = 4,
	ACL_ENTRY = 8,
	ACL_USER = 0x02,
	ACL_GROUP = 0x08,
};

static unsigned shift_base;

void shift_from(unsigned base)
{
	shift_base = base;
}

bool shift_id(unsigned *id)
{
	if (*id < shift_base || (shift_base > 0 && *id - shift_base >= SHIFT_IDS)) {
		errno = EOVERFLOW;
		return false;
	}
	*id -= shift_base;
	return true;
}

static uint32_t number_at(const unsigned char *at)
{
	uint32_t number;

	memcpy(&number, at, sizeof number);
	return le32toh(number);
}

static void put_number(unsigned char *at, uint32_t number)
{
	number = htole32(number);
	memcpy(at, &number, sizeof number);
}

static ssize_t shift_acl(unsigned char *value, ssize_t size)
{
	for (ssize_t at = ACL_HEADER; at + ACL_ENTRY <= size; at += ACL_ENTRY) {
		unsigned tag = value[at] | (unsigned)value[at + 1] << 8;
		unsigned id = number_at(value + at + 4);

		if (tag != ACL_USER && tag != ACL_GROUP)
			continue;
		if (!shift_id(&id))
			return -1;
		put_number(value + at + 4, id);
	}
	return size;
}

static ssize_t shift_capability(unsigned char *value, ssize_t size)
{
	unsigned root;
	uint32_t magic;

	if (size != XATTR_CAPS_SZ_3)
		return size;
	magic = number_at(value);
	root = number_at(value + XATTR_CAPS_SZ_2);
	if ((magic & VFS_CAP_REVISION_MASK) != VFS_CAP_REVISION_3 || !shift_id(&root))
		return size;
	if (root != 0) {
		put_number(value + XATTR_CAPS_SZ_2, root);
		return size;
	}
	put_number(value, (magic & ~(uint32_t)VFS_CAP_REVISION_MASK) | VFS_CAP_REVISION_2);
	return XATTR_CAPS_SZ_2;
}

ssize_t shift_xattr(const char *name, unsigned char *value, ssize_t size)
{
	if (shift_base == 0)
		return size;
	if (strcmp(name, "system.posix_acl_access") == 0 || strcmp(name, "system.posix_acl_default") == 0)
		return shift_acl(value, size);
	return strcmp(name, "security.capability") == 0 ? shift_capability(value, size) : size;
}
