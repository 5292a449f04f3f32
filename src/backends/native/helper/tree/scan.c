/* `scan PATH...`: what lies in trees. `scan --bytes PATH...`: how much that is. */
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "marks.h"
#include "tree.h"
#include "walk.h"
#include "xattrs.h"

enum { OUTPUT_BUFFER = 256 * 1024 };

static struct xattrs xattrs;

struct found {
	struct stat status;
	char target[PATH_MAX]; /* of a symlink, else empty */
	char flags[4];
	uint64_t digest;
};

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

static int read_target(int parent, const char *name, struct found *found)
{
	ssize_t length = 0;

	if (S_ISLNK(found->status.st_mode))
		length = readlinkat(parent, name, found->target, sizeof found->target - 1);
	if (length < 0)
		return -1;
	found->target[length] = '\0';
	return 0;
}

/* What the overlay would make of it; from the list of xattrs, for most files have none. */
static void read_flags(int parent, const char *name, struct found *found)
{
	char *flag = found->flags;
	bool redirected = false;

	for (size_t i = 0; i < xattrs.count; i++) {
		if (strcmp(xattrs.names[i], MARKS_OPAQUE) == 0 && marks_is_opaque(parent, name))
			*flag++ = 'o';
		redirected |= strcmp(xattrs.names[i], MARKS_REDIRECT) == 0 || strcmp(xattrs.names[i], MARKS_METACOPY) == 0;
	}
	if (redirected)
		*flag++ = 'r';
	if (marks_is_whiteout(&found->status))
		*flag++ = 'w';
	*flag = '\0';
}

/* The system call that failed, or NULL. */
static const char *look(int parent, const char *name, struct found *found)
{
	if (fstatat(parent, name, &found->status, AT_SYMLINK_NOFOLLOW) < 0)
		return "fstatat";
	if (read_target(parent, name, found) < 0)
		return "readlinkat";
	if (xattrs_list(parent, name, &xattrs) < 0)
		return "llistxattr";
	if (xattrs_digest(parent, name, &xattrs, &found->digest) < 0)
		return "lgetxattr";
	read_flags(parent, name, found);
	return NULL;
}

static void print(FILE *out, size_t depth, const char *name, const struct found *found)
{
	const struct stat *status = &found->status;
	int64_t mtime = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;

	fprintf(out, "%zu%c%s%c%c%c%o%c%u%c%u%c%" PRId64 "%c%" PRId64 "%c%u:%u%c", depth, 0, name, 0,
		type_letter(status->st_mode), 0, status->st_mode & 07777, 0, status->st_uid, 0, status->st_gid, 0,
		(int64_t)status->st_size, 0, mtime, 0, major(status->st_rdev), minor(status->st_rdev), 0);
	fprintf(out, "%" PRIx64 ":%" PRIu64 "%c%" PRIu64 "%c%" PRId64 "%c%s%c%s%c%" PRIx64 "%c", (uint64_t)status->st_dev,
		(uint64_t)status->st_ino, 0, (uint64_t)status->st_nlink, 0, (int64_t)status->st_blocks, 0, found->target, 0,
		found->flags, 0, found->digest, 0);
}

static bool has_gone(void)
{
	return errno == ENOENT;
}

static int scan_below(struct walk *walk, FILE *out, struct failure *failure)
{
	struct found found;
	struct walk_entry entry;
	enum walk_step step;
	const char *syscall;

	while ((step = walk_next(walk, &entry, failure)) > WALK_END) {
		if (step == WALK_LEFT)
			continue;
		syscall = look(entry.parent, entry.name, &found);
		if (syscall != NULL && has_gone())
			continue;
		if (syscall != NULL)
			return walk_fail(walk, syscall, failure);
		print(out, entry.depth, entry.name, &found);
		if (S_ISDIR(found.status.st_mode) && walk_enter(walk, failure) < 0)
			return -1;
	}
	return step;
}

int scan_entries(int top, FILE *out, struct failure *failure)
{
	struct found found;
	const char *syscall = look(top, ".", &found);
	struct walk walk;
	int result;

	if (syscall != NULL) {
		fail(failure, syscall, NULL);
		close(top);
		return -1;
	}
	print(out, 0, "", &found);
	result = walk_begin(&walk, top, failure);
	if (result == 0)
		result = scan_below(&walk, out, failure);
	walk_free(&walk);
	return result;
}

static int add_below(struct walk *walk, struct blocks *blocks, struct failure *failure)
{
	struct walk_entry entry;
	enum walk_step step;
	struct stat status;

	while ((step = walk_next(walk, &entry, failure)) > WALK_END) {
		if (step == WALK_LEFT)
			continue;
		if (fstatat(entry.parent, entry.name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
			if (has_gone())
				continue;
			return walk_fail(walk, "fstatat", failure);
		}
		if (blocks_add(blocks, &status) < 0)
			return walk_fail(walk, "malloc", failure);
		if (S_ISDIR(status.st_mode) && walk_enter(walk, failure) < 0)
			return -1;
	}
	return step;
}

int scan_blocks(int top, struct blocks *blocks, struct failure *failure)
{
	struct stat status;
	struct walk walk;
	int result = walk_begin(&walk, top, failure);

	if (result == 0 && (fstat(top, &status) < 0 || blocks_add(blocks, &status) < 0))
		result = fail(failure, "fstat", NULL);
	if (result == 0)
		result = add_below(&walk, blocks, failure);
	walk_free(&walk);
	return result;
}

static int finish(int result, const struct failure *failure, const char *path)
{
	/* What was printed before a failure is of no use without its end, and who reads must see that. */
	if (result == 0 && fflush(stdout) == 0)
		return 0;
	if (result < 0)
		report_failure(STDERR_FILENO, failure, path);
	return TREE_FAILED;
}

static int scan_all(int count, char **paths, struct blocks *blocks)
{
	struct failure failure;
	int result = 0;
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < count; i++) {
		int top = tree_open(here, paths[i], &failure);

		if (top < 0)
			result = -1;
		else
			result = blocks == NULL ? scan_entries(top, stdout, &failure) : scan_blocks(top, blocks, &failure);
		if (result < 0)
			return finish(result, &failure, paths[i]);
	}
	if (blocks == NULL)
		fputs("end", stdout), putchar('\0');
	else
		printf("%" PRIu64 "\n", blocks->bytes);
	return finish(0, NULL, NULL);
}

int scan_main(int argc, char **argv)
{
	struct blocks blocks = BLOCKS_EMPTY;
	bool only_bytes = argc > 1 && strcmp(argv[1], "--bytes") == 0;
	int first = only_bytes ? 2 : 1;
	int code;

	if (argc <= first)
		return TREE_USAGE;
	setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	code = scan_all(argc - first, argv + first, only_bytes ? &blocks : NULL);
	blocks_free(&blocks);
	return code;
}
