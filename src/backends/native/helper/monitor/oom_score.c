#include "oom_score.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char FILE_NAME[] = "/proc/self/oom_score_adj";
static const char MONITOR_SCORE[] = "-900";

static char before[16]; /* empty: not lowered */

static bool write_score(const char *score)
{
	int fd = open(FILE_NAME, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* Refused without CAP_SYS_RESOURCE: then the monitor is as killable as anything else. */
	bool written = write(fd, score, strlen(score)) > 0;
	close(fd);
	return written;
}

void oom_score_lower(void)
{
	int fd = open(FILE_NAME, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, before, sizeof before - 1);
	before[length > 0 ? length : 0] = '\0';
	if (fd >= 0)
		close(fd);
	if (atoi(before) <= atoi(MONITOR_SCORE) || !write_score(MONITOR_SCORE))
		before[0] = '\0';
}

void oom_score_restore(void)
{
	if (before[0] != '\0')
		write_score(before);
	before[0] = '\0';
}
