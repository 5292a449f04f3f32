#include "copy_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "attributes.h"
#include "content.h"
#include "shift.h"

const char *original_look(struct original *original, int parent, const char *name)
{
	*original = (struct original){ .parent = parent, .name = name };
	return fstatat(parent, name, &original->status, AT_SYMLINK_NOFOLLOW) < 0 ? "fstatat" : NULL;
}

/* Closes both. */
static const char *copy_content(int from, int made)
{
	struct stat status;
	const char *failed = NULL;
	int number;

	if (from < 0 || made < 0 || fstat(from, &status) < 0) {
		failed = "openat";
	} else if (!S_ISREG(status.st_mode)) {
		failed = "openat";
		errno = ESTALE;
	} else {
		failed = content_copy(from, made, status.st_size, NULL);
	}
	number = errno;
	if (from >= 0)
		close(from);
	if (made >= 0 && close(made) < 0 && failed == NULL) {
		number = errno;
		failed = "close";
	}
	errno = number;
	return failed;
}

static const char *copy_regular(const struct original *original, int to, const char *name)
{
	/* Somebody may have put a FIFO in its place, and to open that would wait. */
	int from = openat(original->parent, original->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (from < 0)
		return "openat";
	return copy_content(from, openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
}

static const char *copy_symlink(const struct original *original, int to, const char *name)
{
	char target[PATH_MAX + 1];
	ssize_t length = readlinkat(original->parent, original->name, target, sizeof target - 1);

	if (length < 0)
		return "readlinkat";
	target[length] = '\0';
	return symlinkat(target, to, name) < 0 ? "symlinkat" : NULL;
}

static const char *copy_node(const struct original *original, int to, const char *name)
{
	const struct stat *status = &original->status;

	return mknodat(to, name, (status->st_mode & S_IFMT) | 0600, status->st_rdev) < 0 ? "mknodat" : NULL;
}

/* A change of owner takes a capability away, and an access control list changes the mode: so in this order. */
static const char *copy_facts(const struct original *original, int to, const char *name)
{
	const struct stat *status = &original->status;
	const struct timespec times[2] = { status->st_atim, status->st_mtim };
	uid_t uid = status->st_uid;
	gid_t gid = status->st_gid;
	const char *failed;

	if (!shift_id(&uid) || !shift_id(&gid) || fchownat(to, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return "fchownat";
	failed = attributes_copy_xattrs(original->parent, original->name, to, name);
	if (failed != NULL)
		return failed;
	if (!S_ISLNK(status->st_mode) && fchmodat(to, name, status->st_mode & 07777, 0) < 0)
		return "fchmodat";
	return utimensat(to, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? "utimensat" : NULL;
}

const char *copy_file(const struct original *original, int to, const char *name)
{
	const char *failed;

	if (S_ISREG(original->status.st_mode))
		failed = copy_regular(original, to, name);
	else if (S_ISLNK(original->status.st_mode))
		failed = copy_symlink(original, to, name);
	else
		failed = copy_node(original, to, name);
	return failed == NULL ? copy_facts(original, to, name) : failed;
}

const char *copy_directory_facts(const struct original *original, int to)
{
	if (!S_ISDIR(original->status.st_mode)) {
		errno = ESTALE;
		return "fstatat";
	}
	return copy_facts(original, to, ".");
}
