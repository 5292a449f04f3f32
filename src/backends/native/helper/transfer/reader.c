/* The side of a transfer that reads: it sends what it finds, and follows no symbolic link below a source. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel_trees.h"
#include "originals.h"
#include "parcel.h"
#include "place.h"
#include "tally.h"
#include "total.h"
#include "transfer.h"
#include "walk.h"

struct reader {
	const struct transfer *transfer;
	bool in_machine;
	int socket;
	const char *source;     /* that is read now */
	char shown[PATH_MAX];   /* the same for reports: empty for / */
	const char *path;       /* below it, for reports */
	struct originals_xattrs xattrs;
	int64_t began_ms;
	bool counted; /* somebody counts all there is, or has */
	struct failure *failure;
};

static int failed(struct reader *reader, const char *syscall)
{
	char path[PATH_MAX + FAILURE_PATH_BYTES]; /* cut off in the failure */
	int number = errno;

	snprintf(path, sizeof path, "%s%s%s", reader->shown, *reader->shown != '\0' && *reader->path == '\0' ? "" : "/", reader->path);
	return fail_with(reader->failure, number, syscall, path);
}

/* Other errors of the link than that of a reader that is gone are ours. */
static int tell(struct reader *reader, const struct parcel_head *head, const char *name, const void *value, size_t length, int fd)
{
	if (parcel_send(reader->socket, head, name, value, length, fd) == 0)
		return 0;
	if (errno == ECONNRESET)
		errno = EPIPE;
	return failed(reader, "sendmsg");
}

static int skip(const struct reader *reader, const char *why)
{
	tally_skipped(why, reader->shown, reader->path);
	return 0;
}

/* Below a source somebody may be at work; a source itself has to be there. */
static int skip_or_fail(struct reader *reader, const char *syscall)
{
	bool changed = errno == ENOENT || errno == ELOOP || errno == ENOTDIR || errno == ESTALE || errno == ENXIO;

	return *reader->path != '\0' && changed ? skip(reader, "changed") : failed(reader, syscall);
}

static int send_xattrs(struct reader *reader, int fd)
{
	struct originals_xattrs *all = &reader->xattrs;

	while (originals_xattrs_next(reader->transfer, fd, all)) {
		const struct parcel_head head = { .kind = PARCEL_XATTR };

		if (tell(reader, &head, all->name, all->value, all->size, -1) < 0)
			return -1;
	}
	return 0;
}

/* Fills *head, and begins to tell of the attributes. 1: it is passed over, being no file any more. */
static int look(struct reader *reader, enum parcel_kind kind, int fd, struct parcel_head *head)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return failed(reader, "fstat");
	if (kind == PARCEL_FILE && !S_ISREG(status.st_mode)) {
		errno = ESTALE;
		return skip_or_fail(reader, "openat") < 0 ? -1 : 1;
	}
	if (originals_xattrs_begin(fd, &reader->xattrs) < 0)
		return failed(reader, "flistxattr");
	*head = parcel_head_of(kind, &status);
	if (!reader->transfer->keep_owners)
		head->mode = originals_mode_without_list(fd, &reader->xattrs, head->mode);
	return 0;
}

static int send_open_file(struct reader *reader, int fd, const char *name)
{
	struct parcel_head head;
	int looked = look(reader, PARCEL_FILE, fd, &head);

	if (looked != 0)
		return looked < 0 ? -1 : 0;
	return tell(reader, &head, name, NULL, 0, fd) < 0 ? -1 : send_xattrs(reader, fd);
}

/* Somebody may have put a FIFO in its place, and to open that would wait. */
static int send_file(struct reader *reader, int parent, const char *name, const char *sent_name)
{
	int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return skip_or_fail(reader, "openat");
	result = send_open_file(reader, fd, sent_name);
	close(fd);
	return result;
}

static int send_symlink(struct reader *reader, int parent, const char *name, const struct stat *status)
{
	const struct parcel_head head = parcel_head_of(PARCEL_SYMLINK, status);
	char target[PATH_MAX];
	ssize_t length = readlinkat(parent, name, target, sizeof target - 1);

	if (length < 0)
		return errno == EINVAL ? skip(reader, "changed") : skip_or_fail(reader, "readlinkat");
	return length == 0 ? skip(reader, "changed") : tell(reader, &head, name, target, (size_t)length, -1);
}

static int send_other(struct reader *reader, int parent, const char *name, const struct stat *status)
{
	if (S_ISREG(status->st_mode))
		return send_file(reader, parent, name, name);
	if (S_ISLNK(status->st_mode))
		return send_symlink(reader, parent, name, status);
	return skip(reader, S_ISFIFO(status->st_mode) ? "fifo" : S_ISSOCK(status->st_mode) ? "socket" : "device");
}

static int send_directory(struct reader *reader, int fd, const char *name)
{
	struct parcel_head head;

	return look(reader, PARCEL_DIRECTORY, fd, &head) < 0 ? -1 : tell(reader, &head, name, NULL, 0, -1);
}

static int enter(struct reader *reader, struct walk *walk, const struct walk_entry *entry)
{
	int entered;

	if (kernel_trees_begins(entry->parent, entry->name))
		return skip(reader, "kernel");
	entered = walk_enter(walk, reader->failure);
	if (entered < 0)
		return -1;
	return entered == 0 ? skip(reader, "changed") : send_directory(reader, walk_directory(walk), entry->name);
}

static int leave_open(struct reader *reader, int fd)
{
	const struct parcel_head head = { .kind = PARCEL_LEAVE };

	if (tell(reader, &head, NULL, NULL, 0, -1) < 0)
		return -1;
	/* Gone meanwhile: then it has none. */
	return fd < 0 || originals_xattrs_begin(fd, &reader->xattrs) < 0 ? 0 : send_xattrs(reader, fd);
}

/* Its attributes come last: an access control list would be handed down to what is made in it. */
static int leave(struct reader *reader, const struct walk_entry *entry)
{
	int fd = openat(entry->parent, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int result = leave_open(reader, fd);

	if (fd >= 0)
		close(fd);
	return result;
}

static int meet(struct reader *reader, struct walk *walk, const struct walk_entry *entry)
{
	struct stat status;

	if (!reader->counted && tally_clock() - reader->began_ms > TOTAL_AFTER_MS) {
		reader->counted = true;
		total_count(reader->transfer, reader->in_machine);
	}
	if (fstatat(entry->parent, entry->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return skip_or_fail(reader, "fstatat");
	return S_ISDIR(status.st_mode) ? enter(reader, walk, entry) : send_other(reader, entry->parent, entry->name, &status);
}

static int read_below(struct reader *reader, struct walk *walk)
{
	struct walk_entry entry;
	enum walk_step step;

	while ((step = walk_next(walk, &entry, reader->failure)) > WALK_END) {
		reader->path = walk->path;
		if ((step == WALK_LEFT ? leave(reader, &entry) : meet(reader, walk, &entry)) < 0)
			return -1;
		if (transfer_stopped) {
			errno = ECANCELED;
			return failed(reader, "read");
		}
	}
	return step;
}

static int read_tree(struct reader *reader, int parent, const char *name)
{
	int top = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int again = top < 0 ? -1 : fcntl(top, F_DUPFD_CLOEXEC, 0);
	struct walk walk;
	int result;

	if (again < 0)
		return failed(reader, "openat");
	result = send_directory(reader, top, name);
	if (result < 0)
		close(again);
	if (result == 0) {
		result = walk_begin(&walk, again, reader->failure);
		if (result == 0)
			result = read_below(reader, &walk);
		reader->path = "";
		walk_free(&walk);
	}
	if (result == 0)
		result = leave_open(reader, top);
	close(top);
	return result;
}

/* Without the dot that says that all in it is meant. */
static void set_shown(struct reader *reader)
{
	size_t length;

	snprintf(reader->shown, sizeof reader->shown, "%s", reader->source);
	length = strlen(reader->shown);
	if (length >= 2 && strcmp(reader->shown + length - 2, "/.") == 0)
		reader->shown[length - 2] = '\0';
}

static int read_source(struct reader *reader)
{
	struct stat status;
	const char *name;
	int parent = place_open_parent(reader->in_machine, reader->source, &name, reader->failure);
	int result;

	if (parent < 0)
		return -1;
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		result = failed(reader, "fstatat");
	else
		result = S_ISDIR(status.st_mode) ? read_tree(reader, parent, name) : send_other(reader, parent, name, &status);
	close(parent);
	return result;
}

static int read_stream(struct reader *reader)
{
	const struct parcel_head head = { .kind = PARCEL_STREAM, .mode = 0644 };

	return tell(reader, &head, "-", NULL, 0, TRANSFER_STDIN);
}

int transfer_read(const struct transfer *transfer, bool in_machine, int socket, struct failure *failure)
{
	const struct parcel_head end = { .kind = PARCEL_END };
	static struct reader reader;
	int result = 0;

	reader = (struct reader){
		.transfer = transfer, .in_machine = in_machine, .socket = socket, .path = "", .began_ms = tally_clock(), .failure = failure,
	};
	for (size_t i = 0; i < transfer->source_count && result == 0; i++) {
		reader.source = transfer->sources[i];
		set_shown(&reader);
		result = strcmp(reader.source, "-") == 0 ? read_stream(&reader) : read_source(&reader);
	}
	return result == 0 ? tell(&reader, &end, NULL, NULL, 0, -1) : -1;
}
