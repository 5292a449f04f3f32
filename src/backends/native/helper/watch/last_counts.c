#include "last_counts.h"

#include "counters.h"
#include "records.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char COUNTS_FILE[] = "last-counts";
static const char COUNTS_TEMPORARY[] = "last-counts.new";

static void add_text(struct records_out *out, const struct watch *watch)
{
	char text[COUNTERS_TEXT];
	int fd = open(watch->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	counters_read(fd, text);
	close(fd);
	records_add(out, "counts", watch->path, text, NULL);
}

int last_counts_write(int run_directory_fd, const struct watches *watches)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	const char *paths[WATCHES_MAX + 1];
	size_t happened = watches_happened(watches, paths);

	for (size_t i = 0; i < happened; i++)
		records_add(&out, "happened", paths[i], NULL);
	for (size_t i = 0; i < watches->count; i++)
		add_text(&out, &watches->items[i]);

	int fd = openat(run_directory_fd, COUNTS_TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	int result = records_send(&out, fd);
	close(fd);
	return result == 0 ? renameat(run_directory_fd, COUNTS_TEMPORARY, run_directory_fd, COUNTS_FILE) : -1;
}

void last_counts_remove(int run_directory_fd)
{
	unlinkat(run_directory_fd, COUNTS_FILE, 0);
}
