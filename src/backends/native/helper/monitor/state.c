#include "state.h"

#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char STATE_FILE[] = "state";
static const char STATE_TEMPORARY[] = "state.new";

uint64_t wall_clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t process_start_time(pid_t pid)
{
	char path[32], text[1024];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, text, sizeof text - 1);
	close(fd);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	/* Field 2 is the command's name and may hold spaces and parentheses of its own: count from the last one. */
	char *field = strrchr(text, ')');
	for (int number = 2; field && number < 22; number++)
		field = strchr(field + 1, ' ');
	return field ? strtoull(field + 1, NULL, 10) : 0;
}

static void add_process(struct records_out *out, const char *name, pid_t pid)
{
	char number[16], start[24];
	snprintf(number, sizeof number, "%d", (int)pid);
	snprintf(start, sizeof start, "%" PRIu64, process_start_time(pid));
	records_add(out, name, number, start, NULL);
}

int state_write(int run_directory_fd, const struct state *state)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	char started_at[24], ready_at[24];
	snprintf(started_at, sizeof started_at, "%" PRIu64, state->started_at);
	records_add(&out, "phase", state->phase, NULL);
	add_process(&out, "monitor", getpid());
	if (state->init > 0)
		add_process(&out, "init", state->init);
	records_add(&out, "started-at", started_at, NULL);
	snprintf(ready_at, sizeof ready_at, "%" PRIu64, state->ready_at);
	if (state->ready_at > 0)
		records_add(&out, "ready-at", ready_at, NULL);
	return records_replace(&out, run_directory_fd, STATE_TEMPORARY, STATE_FILE);
}
