#include "last_counts.h"

#include "counters.h"
#include "records.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char COUNTS_FILE[] = "last-counts";
static const char COUNTS_TEMPORARY[] = "last-counts.new";

static void add_text(struct records_out *out, const char *path)
{
	char text[COUNTERS_TEXT];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	counters_read(fd, text);
	close(fd);
	records_add(out, "counts", path, text, NULL);
}

int last_counts_write(int run_directory_fd, const char *const *happened, const char *const *counted)
{
	struct records_out out = RECORDS_OUT_EMPTY;

	for (; *happened != NULL; happened++)
		records_add(&out, "happened", *happened, NULL);
	for (; *counted != NULL; counted++)
		add_text(&out, *counted);
	return records_replace(&out, run_directory_fd, COUNTS_TEMPORARY, COUNTS_FILE);
}

void last_counts_remove(int run_directory_fd)
{
	unlinkat(run_directory_fd, COUNTS_FILE, 0);
}
