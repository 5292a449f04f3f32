#include "total.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_trees.h"
#include "place.h"
#include "tally.h"
#include "walk.h"

struct count {
	uint64_t files, bytes;
};

/* Holes are not read. */
static void add(struct count *count, const struct stat *status)
{
	uint64_t on_disk = (uint64_t)status->st_blocks * 512, size = (uint64_t)status->st_size;

	count->files++;
	if (S_ISREG(status->st_mode))
		count->bytes += on_disk < size ? on_disk : size;
}

static void count_below(struct count *count, int top)
{
	struct failure ignored;
	struct walk_entry entry;
	struct walk walk;
	struct stat status;
	enum walk_step step;

	if (walk_begin(&walk, top, &ignored) < 0)
		return;
	while ((step = walk_next(&walk, &entry, &ignored)) > WALK_END) {
		if (step == WALK_LEFT || fstatat(entry.parent, entry.name, &status, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (!S_ISDIR(status.st_mode))
			add(count, &status);
		else if (!kernel_trees_begins(entry.parent, entry.name) && walk_enter(&walk, &ignored) < 0)
			break;
	}
	walk_free(&walk);
}

static void count_source(struct count *count, bool in_machine, const char *source)
{
	struct failure ignored;
	struct stat status;
	const char *name;
	int parent = place_open_parent(in_machine, source, &name, &ignored);
	int top;

	if (parent < 0)
		return;
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(status.st_mode))
		add(count, &status);
	top = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top >= 0)
		count_below(count, top);
	close(parent);
}

void total_count(const struct transfer *transfer, bool in_machine)
{
	struct count count = { 0 };

	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	setpriority(PRIO_PROCESS, 0, 10);
	/* The link above all: the writer takes its end for ours. */
	close_range(TRANSFER_TALLY + 1, ~0U, 0);
	for (size_t i = 0; i < transfer->source_count; i++)
		count_source(&count, in_machine, transfer->sources[i]);
	tally_total(count.files, count.bytes);
	_exit(0);
}
