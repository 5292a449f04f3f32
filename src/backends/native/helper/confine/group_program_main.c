/*
 * `devices list GROUP`, `devices put GROUP HEX`, `devices remove GROUP`, and the same of `marks`: the program of a group that is
 * there. Each says first which of ours there were: on standard output, a line of hexadecimal for each.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "group_program.h"
#include "launch.h"
#include "report.h"

enum { FAILED = 1, USAGE = 2, MOST = 8 };

static int list(enum group_program kind, const char *group, struct failure *failure)
{
	static char text[GROUP_PROGRAM_LONGEST * 16 + 1];
	int programs[MOST];
	int count = group_program_find(kind, group, programs, MOST, failure);
	int result = count < 0 ? -1 : 0;

	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = group_program_text(programs[i], text, failure);
		if (result == 0)
			puts(text);
		close(programs[i]);
	}
	return result == 0 && fflush(stdout) != 0 ? fail(failure, "write", NULL) : result;
}

int group_program_main(int argc, char **argv)
{
	enum group_program kind = strcmp(argv[0], "marks") == 0 ? GROUP_MARKS : GROUP_DEVICES;
	const char *verb = argc > 1 ? argv[1] : "";
	struct failure failure;
	int result;

	if (argc != (strcmp(verb, "put") == 0 ? 4 : 3))
		return USAGE;
	if (strcmp(verb, "list") != 0 && strcmp(verb, "put") != 0 && strcmp(verb, "remove") != 0)
		return USAGE;
	result = list(kind, argv[2], &failure);
	if (result == 0 && strcmp(verb, "list") != 0)
		result = group_program_put(kind, argv[2], argc == 4 ? argv[3] : NULL, &failure);
	if (result < 0)
		report_failure(STDERR_FILENO, &failure, argv[2]);
	return result < 0 ? FAILED : 0;
}
