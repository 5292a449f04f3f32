#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "records.h"

int fail_with(struct failure *failure, int number, const char *syscall, const char *path)
{
	failure->number = number;
	snprintf(failure->syscall, sizeof failure->syscall, "%s", syscall);
	snprintf(failure->path, sizeof failure->path, "%s", path == NULL ? "" : path);
	return -1;
}

int fail(struct failure *failure, const char *syscall, const char *path)
{
	return fail_with(failure, errno, syscall, path);
}

const char *errno_name(int number)
{
	static char decimal[16];
	const char *name = strerrorname_np(number);

	if (name != NULL)
		return name;
	snprintf(decimal, sizeof decimal, "%d", number);
	return decimal;
}

void report_failed(int fd, const char *section, size_t index, const char *operation, const struct failure *failure)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	char number[24];

	snprintf(number, sizeof number, "%zu", index);
	records_add(&out, "failed", section, number, operation, failure->syscall, errno_name(failure->number), failure->path,
		    NULL);
	(void)records_send(&out, fd);
}

void report_refused(int fd, size_t index, const char *reason)
{
	struct records_out out = RECORDS_OUT_EMPTY;
	char number[24];

	snprintf(number, sizeof number, "%zu", index);
	records_add(&out, "refused", number, reason, NULL);
	(void)records_send(&out, fd);
}

void report_busy(int fd, const char *path)
{
	struct records_out out = RECORDS_OUT_EMPTY;

	records_add(&out, "busy", path, NULL);
	(void)records_send(&out, fd);
}

void report_failure(int fd, const struct failure *failure, const char *detail)
{
	struct records_out out = RECORDS_OUT_EMPTY;

	records_add(&out, "failed", failure->syscall, errno_name(failure->number), failure->path, detail, NULL);
	(void)records_send(&out, fd);
}
