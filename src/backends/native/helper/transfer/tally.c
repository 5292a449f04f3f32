#include "tally.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "transfer.h"

enum { MS_BETWEEN = 100 };

static struct {
	uint64_t files, bytes;
	int64_t told_ms;
} tally;

int64_t tally_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* With its NUL; at most PIPE_BUF bytes, so that what the two processes say does not mix (pipe(7)). */
static void say(const char *text, size_t length)
{
	/* Nobody may be left to hear it. */
	if (write(TRANSFER_TALLY, text, length + 1) < 0)
		return;
}

static void tell(void)
{
	char text[64];
	int length = snprintf(text, sizeof text, "done %" PRIu64 " %" PRIu64, tally.files, tally.bytes);

	tally.told_ms = tally_clock();
	say(text, (size_t)length);
}

static void tell_sometimes(void)
{
	if (tally_clock() - tally.told_ms >= MS_BETWEEN)
		tell();
}

void tally_files(uint64_t files)
{
	tally.files += files;
	tell_sometimes();
}

void tally_bytes(uint64_t bytes)
{
	tally.bytes += bytes;
	tell_sometimes();
}

void tally_end(void)
{
	tell();
}

void tally_total(uint64_t files, uint64_t bytes)
{
	char text[64];
	int length = snprintf(text, sizeof text, "total %" PRIu64 " %" PRIu64, files, bytes);

	say(text, (size_t)length);
}

void tally_skipped(const char *why, const char *top, const char *path)
{
	char text[PIPE_BUF];
	const char *slash = *top != '\0' && *path == '\0' ? "" : "/";
	int length = snprintf(text, sizeof text, "skipped %s %s%s%s", why, top, slash, path);

	say(text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}
