/*
 * The side of a transfer that writes. What has a name already is replaced at once by something whole; what was there and is a directory stays
 * as it was. No symbolic link is followed, not even one that came a moment ago.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arrival.h"
#include "hard_links.h"
#include "item.h"
#include "place.h"
#include "streams.h"
#include "tally.h"
#include "transfer.h"

struct writer {
	const struct transfer *transfer;
	int socket;
	struct arrival arrival;
	const char *name; /* of the one source, where it gets another one; or NULL */
	struct hard_links links;
	int top; /* for those links */
	struct item item; /* made, and not finished */
	struct failure *failure;
};

static int failed(struct writer *writer, const char *syscall, const char *name)
{
	return arrival_fail(&writer->arrival, syscall, name, writer->failure);
}

/* Of something that nobody should send. */
static int refuse(struct writer *writer)
{
	errno = EBADMSG;
	return failed(writer, "recvmsg", NULL);
}

static struct stat identity(const struct parcel_head *head)
{
	return (struct stat){ .st_dev = head->device, .st_ino = head->inode, .st_nlink = head->links, .st_mode = S_IFREG };
}

/* Other names of a file are a comfort: where they cannot be, for example over two file systems, there are more files. */
static void keep_for_links(struct writer *writer)
{
	const struct stat status = identity(&writer->item.head);

	(void)hard_links_keep(&writer->links, &status, writer->item.parent, writer->item.name);
}

static int finish_item(struct writer *writer)
{
	struct item *item = &writer->item;
	const char *syscall;
	bool was_directory = item->kind == PARCEL_LEAVE;

	if (item->kind == 0)
		return 0;
	syscall = item_finish(item, writer->transfer);
	if (syscall != NULL)
		return failed(writer, syscall, was_directory ? NULL : item->name);
	if (item->kind == PARCEL_FILE && item->head.links > 1)
		keep_for_links(writer);
	item->kind = 0;
	if (was_directory && arrival_leave(&writer->arrival) < 0)
		return failed(writer, "openat", NULL);
	if (!was_directory)
		tally_files(1);
	return 0;
}

/* At the top the target may give another name; "." is the target itself, or all that gets its name. False: nobody sends such a thing. */
static bool name_of(const struct writer *writer, const struct parcel *parcel, const char **name)
{
	bool is_top = arrival_depth(&writer->arrival) == 1;
	bool is_dot = strcmp(parcel->name, ".") == 0;

	*name = is_top && writer->name != NULL ? writer->name : parcel->name;
	return !is_dot || (is_top && parcel->head.kind == PARCEL_DIRECTORY);
}

static int enter(struct writer *writer, const struct parcel *parcel, const char *name)
{
	if (writer->links.top < 0)
		hard_links_begin(&writer->links, writer->top);
	if (arrival_enter(&writer->arrival, name, &parcel->head) < 0)
		return failed(writer, "mkdirat", name);
	tally_files(0);
	return 0;
}

static int leave(struct writer *writer)
{
	const struct arrival_level *level = arrival_innermost(&writer->arrival);

	if (arrival_depth(&writer->arrival) < 2)
		return refuse(writer);
	writer->item = item_directory(arrival_directory(&writer->arrival), level);
	return 0;
}

/* Whether `name` is another name of a file that came before. */
static bool link_again(struct writer *writer, const struct parcel *parcel, const char *name)
{
	const struct stat status = identity(&parcel->head);
	int parent = arrival_directory(&writer->arrival);
	char temporary[ITEM_TEMPORARY_BYTES];

	if (arrival_innermost(&writer->arrival)->made)
		return hard_links_make(&writer->links, &status, parent, name) > 0;
	item_temporary_name(temporary);
	if (hard_links_make(&writer->links, &status, parent, temporary) <= 0)
		return false;
	if (renameat(parent, temporary, parent, name) == 0)
		return true;
	unlinkat(parent, temporary, 0);
	return false;
}

static int make_file(struct writer *writer, const struct parcel *parcel, const char *name)
{
	const char *syscall;

	if (parcel->head.links > 1 && link_again(writer, parcel, name)) {
		tally_files(1);
		return 0;
	}
	syscall = item_make_file(&writer->item, writer->transfer, &writer->arrival, parcel, name);
	return syscall == NULL ? 0 : failed(writer, syscall, name);
}

static int make_symlink(struct writer *writer, const struct parcel *parcel, const char *name)
{
	const char *syscall = item_make_symlink(&writer->item, writer->transfer, &writer->arrival, parcel, name);

	return syscall == NULL ? 0 : failed(writer, syscall, name);
}

static int add_xattr(struct writer *writer, const struct parcel *parcel)
{
	struct item *item = &writer->item;
	const char *syscall;

	/* Of a directory that was there, and of a file that another name was given. */
	if (item->fd < 0 || item->kind == 0 || !transfer_carries(writer->transfer, parcel->name, parcel->head.value_length))
		return 0;
	syscall = item_set_xattr(item, parcel);
	return syscall == NULL ? 0 : failed(writer, syscall, item->name);
}

static int take(struct writer *writer, const struct parcel *parcel)
{
	const char *name;

	if (parcel->head.kind == PARCEL_XATTR)
		return add_xattr(writer, parcel);
	if (finish_item(writer) < 0)
		return -1;
	if (parcel->head.kind == PARCEL_LEAVE)
		return leave(writer);
	if (!name_of(writer, parcel, &name))
		return refuse(writer);
	switch (parcel->head.kind) {
	case PARCEL_DIRECTORY:
		return enter(writer, parcel, name);
	case PARCEL_SYMLINK:
		return make_symlink(writer, parcel, name);
	case PARCEL_STREAM:
		/* It may have no end: only the one that we were told of. */
		if (writer->transfer->sources[0][0] != '-')
			return refuse(writer);
		return make_file(writer, parcel, name);
	default:
		return make_file(writer, parcel, name);
	}
}

static int take_all(struct writer *writer)
{
	static struct parcel parcel;
	int received;

	while ((received = parcel_receive(writer->socket, &parcel)) > 0) {
		int result;

		if (parcel.head.kind == PARCEL_END)
			return finish_item(writer);
		result = take(writer, &parcel);
		if (parcel.descriptor >= 0)
			close(parcel.descriptor);
		if (result < 0)
			return -1;
		if (transfer_stopped)
			break;
	}
	if (transfer_stopped)
		errno = ECANCELED;
	else if (received == 0)
		errno = EPIPE;
	return failed(writer, "recvmsg", NULL);
}

/* 1: opened, the sources keep their names; 0: there is no such directory. */
static int open_target(struct writer *writer, bool in_machine, int *top)
{
	const struct transfer *transfer = writer->transfer;

	*top = place_open_directory(in_machine, transfer->target, writer->failure);
	if (*top >= 0)
		return 1;
	if (writer->failure->number != ENOENT && (transfer->into || writer->failure->number != ENOTDIR))
		return -1;
	if (!transfer->into)
		return 0;
	if (!transfer->parents)
		return -1;
	*top = place_make_directory(in_machine, transfer->target, writer->failure);
	return *top < 0 ? -1 : 1;
}

/* Where the one source gets the target's name. */
static int open_parent(struct writer *writer, bool in_machine, char *parent)
{
	const struct transfer *transfer = writer->transfer;
	size_t length = (size_t)(strrchr(transfer->target, '/') - transfer->target);

	writer->name = transfer->target + length + 1;
	if (length >= PATH_MAX || *writer->name == '\0')
		return fail_with(writer->failure, length >= PATH_MAX ? ENAMETOOLONG : ENOENT, "openat", transfer->target);
	memcpy(parent, transfer->target, length);
	strcpy(parent + length, length == 0 ? "/" : "");
	if (transfer->parents)
		return place_make_directory(in_machine, parent, writer->failure);
	return place_open_directory(in_machine, parent, writer->failure);
}

static int begin(struct writer *writer, bool in_machine)
{
	char parent[PATH_MAX + 1];
	int top;
	int opened = open_target(writer, in_machine, &top);

	if (opened == 0)
		top = open_parent(writer, in_machine, parent);
	if (opened < 0 || top < 0)
		return -1;
	writer->top = fcntl(top, F_DUPFD_CLOEXEC, 0); /* that of the chain is not always open */
	if (arrival_begin(&writer->arrival, top, opened == 0 ? parent : writer->transfer->target) < 0)
		return failed(writer, "fstat", NULL);
	hard_links_begin(&writer->links, writer->transfer->source_count > 1 ? writer->top : -1);
	return 0;
}

int transfer_write(const struct transfer *transfer, bool in_machine, int socket, struct failure *failure)
{
	struct writer writer = { .transfer = transfer, .socket = socket, .top = -1, .failure = failure };
	struct failure other;
	int result;

	if (strcmp(transfer->target, "-") == 0)
		return streams_write(socket, failure);
	hard_links_begin(&writer.links, -1);
	result = begin(&writer, in_machine);
	if (result == 0)
		result = take_all(&writer);
	if (result < 0)
		item_abandon(&writer.item);
	if (hard_links_end(&writer.links, &other) < 0 && result == 0) {
		*failure = other;
		result = -1;
	}
	if (writer.top >= 0)
		close(writer.top);
	arrival_free(&writer.arrival);
	tally_end();
	return result;
}
