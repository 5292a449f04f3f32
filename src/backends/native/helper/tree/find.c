/* `find LAYER...`: what a stack of layers (top first) shows at each of the NUL-ended paths on stdin. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file_facts.h"
#include "stack_find.h"
#include "tree.h"

enum { OUTPUT_BUFFER = 256 * 1024 };

/* A record of as many fields as every other one. */
static void say_absent(void)
{
	static const char record[] = "-\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

	_Static_assert(sizeof record == 1 + FILE_FACTS_FIELDS, "one byte, and a NUL for each field: C's own is the last");
	fwrite(record, 1, sizeof record, stdout);
}

/* The system call that failed, or NULL. */
static const char *answer(struct stack *stack, const char *path)
{
	struct file_facts facts;
	struct found found;
	int there = stack_find(stack, path, &found);
	const char *syscall;

	if (there < 0)
		return "openat";
	if (there == 0) {
		say_absent();
		return NULL;
	}
	syscall = file_facts_read(&facts, found.directory, found.name);
	if (syscall == NULL)
		file_facts_print(&facts, found.layer, "", stdout);
	return syscall;
}

static int answer_all(struct stack *stack)
{
	struct failure failure;
	const char *syscall = NULL;
	char *path = NULL;
	size_t room = 0;

	while (syscall == NULL && getdelim(&path, &room, '\0', stdin) > 0)
		syscall = answer(stack, path);
	if (syscall != NULL) {
		fail(&failure, syscall, path);
		report_failure(STDERR_FILENO, &failure, path);
	}
	free(path);
	if (syscall == NULL)
		fputs("end", stdout), putchar('\0');
	return syscall == NULL && fflush(stdout) == 0 ? 0 : TREE_FAILED;
}

int find_main(int argc, char **argv)
{
	struct failure failure;
	size_t layer = 0;
	struct stack *stack;
	int code;

	if (argc < 2)
		return TREE_USAGE;
	setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	stack = stack_open(argv + 1, (size_t)argc - 1, &layer);
	if (stack == NULL) {
		fail(&failure, "open", argv[1 + layer]);
		report_failure(STDERR_FILENO, &failure, argv[1 + layer]);
		return TREE_FAILED;
	}
	code = answer_all(stack);
	stack_close(stack);
	return code;
}
