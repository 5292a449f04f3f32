#include "subvolume_tree.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "subvolume.h"

/* Takes an item; -1 with errno ends the search. */
typedef int take_item(void *context, const struct btrfs_ioctl_search_header *header, const void *item);

/* A slice of what was found; -1 with errno. `*next` is where to go on. */
static int take_slice(const struct btrfs_ioctl_search_args *args, take_item *take, void *context, uint64_t *next)
{
	struct btrfs_ioctl_search_header header;
	const char *at = args->buf;

	for (uint32_t i = 0; i < args->key.nr_items; i++) {
		memcpy(&header, at, sizeof header);
		if (take(context, &header, at + sizeof header) < 0)
			return -1;
		at += sizeof header + header.len;
		*next = header.offset + 1;
	}
	return 0;
}

/* All items of one object and type. */
static int search(int fd, uint64_t tree, uint64_t object, uint32_t type, take_item *take, void *context)
{
	struct btrfs_ioctl_search_args args;
	uint64_t next = 0;

	for (;;) {
		args.key = (struct btrfs_ioctl_search_key){
			.tree_id = tree, .min_objectid = object, .max_objectid = object, .min_type = type, .max_type = type,
			.min_offset = next, .max_offset = UINT64_MAX, .max_transid = UINT64_MAX, .nr_items = UINT32_MAX,
		};
		if (ioctl(fd, BTRFS_IOC_TREE_SEARCH, &args) < 0)
			return -1;
		if (args.key.nr_items == 0)
			return 0;
		if (take_slice(&args, take, context, &next) < 0)
			return -1;
	}
}

static char *copy_name(const void *item, size_t item_size, size_t head, uint16_t length)
{
	if (head + length > item_size || memchr((const char *)item + head, '\0', length) != NULL) {
		errno = EUCLEAN;
		return NULL;
	}
	return strndup((const char *)item + head, length);
}

static int take_child(void *context, const struct btrfs_ioctl_search_header *header, const void *item)
{
	struct subvolume_children *children = context;
	struct btrfs_root_ref ref;

	if (children->count == children->room) {
		size_t room = children->room == 0 ? 16 : children->room * 2;
		struct subvolume_child *larger = realloc(children->items, room * sizeof *larger);

		if (larger == NULL)
			return -1;
		children->items = larger;
		children->room = room;
	}
	memcpy(&ref, item, sizeof ref);
	children->items[children->count] = (struct subvolume_child){
		header->offset, le64toh(ref.dirid), copy_name(item, header->len, sizeof ref, le16toh(ref.name_len))
	};
	return children->items[children->count].name == NULL ? -1 : (children->count++, 0);
}

int subvolume_children_read(int fd, uint64_t id, struct subvolume_children *children)
{
	*children = (struct subvolume_children){ 0 };
	return search(fd, BTRFS_ROOT_TREE_OBJECTID, id, BTRFS_ROOT_REF_KEY, take_child, children);
}

void subvolume_children_free(struct subvolume_children *children)
{
	for (size_t i = 0; i < children->count; i++)
		free(children->items[i].name);
	free(children->items);
	*children = (struct subvolume_children){ 0 };
}

/* Names from a directory up to the top of its subvolume, innermost first. */
struct way {
	char **names;
	size_t count;
	size_t room;
	uint64_t parent; /* of what was looked up last; 0: it has none */
};

static int take_name(void *context, const struct btrfs_ioctl_search_header *header, const void *item)
{
	struct way *way = context;
	struct btrfs_inode_ref ref;

	if (way->count == way->room) {
		size_t room = way->room == 0 ? 16 : way->room * 2;
		char **larger = realloc(way->names, room * sizeof *larger);

		if (larger == NULL)
			return -1;
		way->names = larger;
		way->room = room;
	}
	memcpy(&ref, item, sizeof ref);
	way->names[way->count] = copy_name(item, header->len, sizeof ref, le16toh(ref.name_len));
	if (way->names[way->count] == NULL)
		return -1;
	way->count++;
	way->parent = header->offset;
	return 0;
}

static int read_way(int top, uint64_t id, uint64_t inode, struct way *way)
{
	while (inode != SUBVOLUME_TOP_INODE) {
		size_t before = way->count;

		if (search(top, id, inode, BTRFS_INODE_REF_KEY, take_name, way) < 0)
			return -1;
		/* A directory has one name. */
		if (way->count != before + 1) {
			errno = ESTALE;
			return -1;
		}
		inode = way->parent;
	}
	return 0;
}

static void free_way(struct way *way)
{
	while (way->count > 0)
		free(way->names[--way->count]);
	free(way->names);
}

static int open_below(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int number = errno;

	close(directory);
	errno = number == ENOENT || number == ENOTDIR || number == ELOOP ? ESTALE : number;
	return fd;
}

static int descend(int top, const struct way *way)
{
	int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = way->count; fd >= 0 && i > 0; i--)
		fd = open_below(fd, way->names[i - 1]);
	return fd;
}

static bool is_inode(int fd, int top, uint64_t inode)
{
	struct stat status, above;

	return fstat(fd, &status) == 0 && fstat(top, &above) == 0 && status.st_ino == inode && status.st_dev == above.st_dev;
}

int subvolume_open_directory(int top, uint64_t id, uint64_t inode)
{
	struct way way = { 0 };
	int fd = read_way(top, id, inode, &way) < 0 ? -1 : descend(top, &way);
	int number = errno;

	if (fd >= 0 && !is_inode(fd, top, inode)) {
		close(fd);
		fd = -1;
		number = ESTALE;
	}
	free_way(&way);
	errno = number;
	return fd;
}
