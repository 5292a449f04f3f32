#include "copy_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "copy_entry.h"
#include "hard_links.h"
#include "walk.h"
#include "xattrs.h"

struct copy {
	struct walk walk;  /* of the original */
	struct chain made; /* as deep as the walk, in the copy */
	struct hard_links links;
	struct failure *failure;
};

static int failed(struct copy *copy, const char *syscall)
{
	return walk_fail(&copy->walk, syscall, copy->failure);
}

static int open_directory(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Only this user enters it before it is what it should be. */
static int enter_directory(struct copy *copy, const struct walk_entry *entry)
{
	int parent = chain_innermost(&copy->made);
	int made, entered;

	if (mkdirat(parent, entry->name, 0700) < 0)
		return failed(copy, "mkdirat");
	made = open_directory(parent, entry->name);
	if (made < 0 || chain_enter(&copy->made, made) < 0)
		return failed(copy, "openat");
	entered = walk_enter(&copy->walk, copy->failure);
	if (entered != 0)
		return entered < 0 ? -1 : 0;
	errno = ESTALE;
	return failed(copy, "openat");
}

static int leave_directory(struct copy *copy, const struct walk_entry *entry)
{
	struct original original;
	const char *syscall = original_look(&original, entry->parent, entry->name);

	if (syscall == NULL)
		syscall = copy_directory_facts(&original, chain_innermost(&copy->made));
	if (syscall != NULL)
		return failed(copy, syscall);
	return chain_leave(&copy->made) < 0 ? failed(copy, "openat") : 0;
}

static int copy_other(struct copy *copy, const struct original *original)
{
	int parent = chain_innermost(&copy->made);
	int linked = hard_links_make(&copy->links, &original->status, parent, original->name);
	const char *syscall;

	if (linked != 0)
		return linked < 0 ? failed(copy, "linkat") : 0;
	syscall = copy_file(original, parent, original->name);
	if (syscall != NULL)
		return failed(copy, syscall);
	if (hard_links_keep(&copy->links, &original->status, parent, original->name) < 0)
		return failed(copy, "linkat");
	return 0;
}

static int copy_met(struct copy *copy, const struct walk_entry *entry)
{
	struct original original;
	const char *syscall = original_look(&original, entry->parent, entry->name);

	if (syscall != NULL)
		return failed(copy, syscall);
	return S_ISDIR(original.status.st_mode) ? enter_directory(copy, entry) : copy_other(copy, &original);
}

static int copy_below(struct copy *copy)
{
	struct walk_entry entry;
	enum walk_step step;

	while ((step = walk_next(&copy->walk, &entry, copy->failure)) > WALK_END) {
		if ((step == WALK_LEFT ? leave_directory(copy, &entry) : copy_met(copy, &entry)) < 0)
			return -1;
	}
	return step;
}

/* Takes `from` over; `to` is empty. */
static int fill(int from, int to, struct failure *failure)
{
	struct copy copy = { .failure = failure };
	int made = fcntl(to, F_DUPFD_CLOEXEC, 0);
	int result = walk_begin(&copy.walk, from, failure);

	hard_links_begin(&copy.links, to);
	if (result == 0 && (made < 0 || chain_enter(&copy.made, made) < 0))
		result = fail(failure, "fcntl", NULL);
	if (result == 0)
		result = copy_below(&copy);
	walk_free(&copy.walk);
	chain_free(&copy.made);
	if (hard_links_end(&copy.links, failure) < 0)
		result = -1;
	return result;
}

/* What the place of the copy hands down, to each new file in it. */
static int remove_inherited(int directory)
{
	static const char *const lists[] = { "system.posix_acl_default", "system.posix_acl_access" };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (xattrs_remove(directory, ".", lists[i]) < 0 && errno != ENODATA && errno != ENOTSUP)
			return -1;
	}
	return 0;
}

static int copy_directory(const struct original *original, int to, const char *name, struct failure *failure)
{
	const char *syscall;
	int from, made;
	int result = -1;

	if (mkdirat(to, name, 0700) < 0 && errno != EEXIST)
		return fail(failure, "mkdirat", NULL);
	made = open_directory(to, name);
	if (made < 0)
		return fail(failure, "openat", NULL);
	from = open_directory(original->parent, original->name);
	if (from < 0 || remove_inherited(made) < 0) {
		fail(failure, from < 0 ? "openat" : "lremovexattr", NULL);
		if (from >= 0)
			close(from);
	} else if (fill(from, made, failure) == 0) {
		syscall = copy_directory_facts(original, made);
		result = syscall == NULL ? 0 : fail(failure, syscall, NULL);
	}
	close(made);
	return result;
}

int copy_tree(int from, const char *name, int to, const char *to_name, struct failure *failure)
{
	struct original original;
	const char *syscall = original_look(&original, from, name);

	if (syscall == NULL && S_ISDIR(original.status.st_mode))
		return copy_directory(&original, to, to_name, failure);
	if (syscall == NULL)
		syscall = copy_file(&original, to, to_name);
	return syscall == NULL ? 0 : fail(failure, syscall, NULL);
}
