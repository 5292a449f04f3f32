#include "file_facts.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "marks.h"
#include "xattrs.h"

static struct xattrs xattrs;

static char type_letter(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR: return 'd';
	case S_IFLNK: return 'l';
	case S_IFIFO: return 'p';
	case S_IFSOCK: return 's';
	case S_IFBLK: return 'b';
	case S_IFCHR: return 'c';
	default: return 'f';
	}
}

static int read_target(int parent, const char *name, struct file_facts *facts)
{
	ssize_t length = 0;

	if (S_ISLNK(facts->status.st_mode))
		length = readlinkat(parent, name, facts->target, sizeof facts->target - 1);
	if (length < 0)
		return -1;
	facts->target[length] = '\0';
	return 0;
}

/* What the overlay would make of it; from the list of xattrs, for most files have none. */
static void read_flags(int parent, const char *name, struct file_facts *facts)
{
	char *flag = facts->flags;
	bool redirected = false;

	for (size_t i = 0; i < xattrs.count; i++) {
		if (strcmp(xattrs.names[i], MARKS_OPAQUE) == 0 && marks_is_opaque(parent, name))
			*flag++ = 'o';
		redirected |= strcmp(xattrs.names[i], MARKS_REDIRECT) == 0 || strcmp(xattrs.names[i], MARKS_METACOPY) == 0;
	}
	if (redirected)
		*flag++ = 'r';
	if (marks_is_whiteout(&facts->status))
		*flag++ = 'w';
	*flag = '\0';
}

const char *file_facts_read(struct file_facts *facts, int parent, const char *name)
{
	if (fstatat(parent, name, &facts->status, AT_SYMLINK_NOFOLLOW) < 0)
		return "fstatat";
	if (read_target(parent, name, facts) < 0)
		return "readlinkat";
	if (xattrs_list(parent, name, &xattrs) < 0)
		return "llistxattr";
	if (xattrs_digest(parent, name, &xattrs, &facts->digest) < 0)
		return "lgetxattr";
	read_flags(parent, name, facts);
	return NULL;
}

void file_facts_print(const struct file_facts *facts, size_t number, const char *name, FILE *out)
{
	const struct stat *status = &facts->status;
	int64_t mtime = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;

	fprintf(out, "%zu%c%s%c%c%c%o%c%u%c%u%c%" PRId64 "%c%" PRId64 "%c%u:%u%c", number, 0, name, 0,
		type_letter(status->st_mode), 0, status->st_mode & 07777, 0, status->st_uid, 0, status->st_gid, 0,
		(int64_t)status->st_size, 0, mtime, 0, major(status->st_rdev), minor(status->st_rdev), 0);
	fprintf(out, "%" PRIx64 ":%" PRIu64 "%c%" PRIu64 "%c%" PRId64 "%c%s%c%s%c%" PRIx64 "%c", (uint64_t)status->st_dev,
		(uint64_t)status->st_ino, 0, (uint64_t)status->st_nlink, 0, (int64_t)status->st_blocks, 0, facts->target, 0,
		facts->flags, 0, facts->digest, 0);
}
