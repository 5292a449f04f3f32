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
static void say_absent(FILE *out)
{
	static const char record[] = "-\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

	_Static_assert(sizeof record == 1 + FILE_FACTS_FIELDS, "one byte, and a NUL for each field: C's own is the last");
	fwrite(record, 1, sizeof record, out);
}

/* The system call that failed, or NULL. */
static const char *answer(struct stack *stack, const char *path, FILE *out)
{
	struct file_facts facts;
	struct found found;
	int there = stack_find(stack, path, &found);
	const char *syscall;

	if (there < 0)
		return "openat";
	if (there == 0) {
		say_absent(out);
		return NULL;
	}
	syscall = file_facts_read(&facts, found.directory, found.name);
	if (syscall == NULL)
		file_facts_print(&facts, found.layer, "", out);
	return syscall;
}

static int answer_all(struct stack *stack, FILE *paths, FILE *out, struct failure *failure)
{
	const char *syscall = NULL;
	char *path = NULL;
	size_t room = 0;

	while (syscall == NULL && getdelim(&path, &room, '\0', paths) > 0)
		syscall = answer(stack, path, out);
	if (syscall != NULL)
		fail(failure, syscall, path);
	free(path);
	if (syscall == NULL)
		fputs("end", out), putc('\0', out);
	return syscall == NULL ? 0 : -1;
}

int find_in_layers(char *const *layers, size_t count, FILE *paths, FILE *out, struct failure *failure)
{
	size_t layer = 0;
	struct stack *stack = stack_open(layers, count, &layer);
	int result;

	if (stack == NULL)
		return fail(failure, "open", layers[layer]);
	result = answer_all(stack, paths, out, failure);
	stack_close(stack);
	return result;
}

int find_main(int argc, char **argv)
{
	struct failure failure;

	if (argc < 2)
		return TREE_USAGE;
	setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	if (find_in_layers(argv + 1, (size_t)argc - 1, stdin, stdout, &failure) < 0) {
		report_failure(STDERR_FILENO, &failure, failure.path);
		return TREE_FAILED;
	}
	return fflush(stdout) == 0 ? 0 : TREE_FAILED;
}
