#include "item.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "content.h"
#include "streams.h"
#include "tally.h"

void item_temporary_name(char name[ITEM_TEMPORARY_BYTES])
{
	static uint64_t secret, number;

	if (number++ == 0 && getrandom(&secret, sizeof secret, 0) != sizeof secret)
		secret = (uint64_t)getpid();
	snprintf(name, ITEM_TEMPORARY_BYTES, ".tsmachine-%016" PRIx64 "-%" PRIu64, secret, number);
}

static const char *named(const struct item *item)
{
	return *item->temporary != '\0' ? item->temporary : item->name;
}

/* In a directory that is ours nobody looks for it yet: there it may have its name at once. */
static void begin(struct item *item, enum parcel_kind kind, const struct arrival *arrival, const struct parcel *parcel, const char *name)
{
	*item = (struct item){ .kind = kind, .head = parcel->head, .parent = arrival_directory(arrival), .fd = -1 };
	snprintf(item->name, sizeof item->name, "%s", name);
	if (!arrival_innermost(arrival)->made)
		item_temporary_name(item->temporary);
}

struct owner {
	uid_t uid;
	gid_t gid;
};

static struct owner owner_of(const struct transfer *transfer, const struct parcel_head *head)
{
	return transfer->keep_owners ? (struct owner){ head->uid, head->gid } : (struct owner){ transfer->uid, transfer->gid };
}

/* On disk the machine's ids would be written whatever they are, and it could not read them. */
static bool has_ids(const struct transfer *transfer, struct owner owner)
{
	return transfer->id_count == 0 || (owner.uid < transfer->id_count && owner.gid < transfer->id_count);
}

static const char *give_owner(const struct transfer *transfer, const struct item *item)
{
	struct owner owner = owner_of(transfer, &item->head);

	if (!has_ids(transfer, owner)) {
		errno = EOVERFLOW;
		return "fchownat";
	}
	if (item->fd >= 0)
		return fchown(item->fd, owner.uid, owner.gid) < 0 ? "fchown" : NULL;
	return fchownat(item->parent, named(item), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) < 0 ? "fchownat" : NULL;
}

/* What is made is ours, unless the directory says otherwise. */
static bool is_owned(const struct transfer *transfer, const struct item *item, const struct arrival *arrival)
{
	struct owner owner = owner_of(transfer, &item->head);

	return owner.uid == geteuid() && owner.gid == getegid() && !arrival_innermost(arrival)->gives_group;
}

/* The rights of an owner are no other owner's. */
static mode_t mode_of(const struct transfer *transfer, const struct item *item)
{
	struct owner owner = owner_of(transfer, &item->head);
	bool is_directory = item->kind == PARCEL_LEAVE;
	mode_t mode = item->head.mode;

	if (!transfer->set_id || owner.uid != item->head.uid)
		mode &= ~(mode_t)S_ISUID;
	if ((!transfer->set_id && !is_directory) || owner.gid != item->head.gid)
		mode &= ~(mode_t)S_ISGID;
	return mode;
}

static bool go_on(size_t bytes)
{
	tally_bytes(bytes);
	return !transfer_stopped;
}

static const char *fill(int from, int to, uint32_t kind)
{
	struct stat status;

	if (kind == PARCEL_STREAM)
		return streams_copy(from, to, true);
	if (fstat(from, &status) < 0)
		return "fstat";
	if (!S_ISREG(status.st_mode)) {
		errno = EBADMSG;
		return "recvmsg";
	}
	/* Files of /proc have no size, and something in them. */
	return status.st_size == 0 ? streams_copy(from, to, false) : content_copy(from, to, status.st_size, go_on);
}

const char *item_make_file(struct item *item, const struct transfer *transfer, const struct arrival *arrival,
			   const struct parcel *parcel, const char *name)
{
	bool is_ours = arrival_innermost(arrival)->made;
	mode_t mode;
	const char *syscall;

	begin(item, PARCEL_FILE, arrival, parcel, name);
	mode = is_ours ? mode_of(transfer, item) & 0777 : 0600;
	item->fd = openat(item->parent, named(item), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (item->fd < 0) {
		item->kind = 0; /* what has the name is not ours to remove */
		return "openat";
	}
	item->needs_mode = mode != mode_of(transfer, item);
	syscall = fill(parcel->descriptor, item->fd, parcel->head.kind);
	if (syscall != NULL)
		return syscall;
	return is_owned(transfer, item, arrival) ? NULL : give_owner(transfer, item);
}

const char *item_make_symlink(struct item *item, const struct transfer *transfer, const struct arrival *arrival,
			      const struct parcel *parcel, const char *name)
{
	begin(item, PARCEL_SYMLINK, arrival, parcel, name);
	if (symlinkat(parcel->value, item->parent, named(item)) < 0) {
		item->kind = 0;
		return "symlinkat";
	}
	return is_owned(transfer, item, arrival) ? NULL : give_owner(transfer, item);
}

struct item item_directory(int fd, const struct arrival_level *level)
{
	return (struct item){ .kind = PARCEL_LEAVE, .head = level->head, .parent = -1, .fd = level->made ? fd : -1, .needs_mode = true };
}

const char *item_set_xattr(struct item *item, const struct parcel *parcel)
{
	item->needs_mode = true; /* an access control list changes it */
	if (fsetxattr(item->fd, parcel->name, parcel->value, parcel->head.value_length, 0) == 0)
		return NULL;
	/* Of a file system that has none it cannot be asked. */
	return errno == ENOTSUP ? NULL : "fsetxattr";
}

static const char *give_facts(const struct item *item, const struct transfer *transfer)
{
	const struct timespec times[2] = {
		{ item->head.accessed, item->head.accessed_nanoseconds }, { item->head.modified, item->head.modified_nanoseconds },
	};

	if (item->head.links == 0 && item->kind == PARCEL_FILE) /* a stream has no times */
		return item->needs_mode && fchmod(item->fd, mode_of(transfer, item)) < 0 ? "fchmod" : NULL;
	if (item->kind == PARCEL_SYMLINK)
		return utimensat(item->parent, named(item), times, AT_SYMLINK_NOFOLLOW) < 0 ? "utimensat" : NULL;
	if (item->needs_mode && fchmod(item->fd, mode_of(transfer, item)) < 0)
		return "fchmod";
	return futimens(item->fd, times) < 0 ? "futimens" : NULL;
}

const char *item_finish(struct item *item, const struct transfer *transfer)
{
	const char *syscall;

	if (item->kind == PARCEL_LEAVE) {
		if (item->fd < 0)
			return NULL;
		syscall = give_owner(transfer, item);
		return syscall == NULL ? give_facts(item, transfer) : syscall;
	}
	syscall = give_facts(item, transfer);
	if (syscall != NULL)
		return syscall;
	if (item->fd >= 0) {
		int fd = item->fd;

		item->fd = -1;
		if (close(fd) < 0)
			return "close";
	}
	if (*item->temporary == '\0')
		return NULL;
	if (renameat(item->parent, item->temporary, item->parent, item->name) < 0)
		return "renameat";
	*item->temporary = '\0';
	return NULL;
}

void item_abandon(struct item *item)
{
	if (item->kind != PARCEL_FILE && item->kind != PARCEL_SYMLINK)
		return;
	if (item->fd >= 0)
		close(item->fd);
	unlinkat(item->parent, named(item), 0);
	item->kind = 0;
}
