#include "group_program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "hex.h"

enum { MOST_ATTACHED = 64 /* BPF_CGROUP_MAX_PROGS */ };

static const struct kind {
	enum bpf_prog_type type;
	enum bpf_attach_type attached;
	enum bpf_attach_type expected; /* that of types that may be attached in several ways; else 0 */
} kinds[] = {
	[GROUP_DEVICES] = { BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, 0 },
	[GROUP_MARKS] = { BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, BPF_CGROUP_INET_EGRESS },
};

static struct bpf_insn instructions[GROUP_PROGRAM_LONGEST]; /* untouched pages cost nothing */

static int bpf(enum bpf_cmd command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static uint64_t address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

const char *group_program_check(const char *text)
{
	return hex_holds(text, sizeof *instructions, GROUP_PROGRAM_LONGEST)
		       ? NULL
		       : "the program is not a whole number of instructions within bounds, in lower-case hexadecimal";
}

/* The verifier's log begins with what it did and ends with why it refuses. */
static int fail_to_load(const char *group, char *log, struct failure *failure)
{
	int number = errno;
	size_t length = strlen(log);

	while (length > 0 && (log[length - 1] == '\n' || log[length - 1] == ' '))
		log[--length] = '\0';
	for (size_t i = 0; i < length; i++)
		log[i] = log[i] == '\n' ? ' ' : log[i];
	return fail_with(failure, number, "bpf BPF_PROG_LOAD",
			 length == 0 ? group : log + (length < FAILURE_PATH_BYTES ? 0 : length - FAILURE_PATH_BYTES + 1));
}

static int load(const struct kind *kind, const char *group, const char *text, struct failure *failure)
{
	static char log[65536];
	size_t bytes = strlen(text) / 2;
	union bpf_attr attributes = {
		.prog_type = kind->type,
		.expected_attach_type = kind->expected,
		.prog_name = GROUP_PROGRAM_NAME,
		.insns = address(instructions),
		.insn_cnt = (uint32_t)(bytes / sizeof *instructions),
		.license = address(""),
	};
	int program;

	hex_decode(text, (unsigned char *)instructions, bytes);
	program = bpf(BPF_PROG_LOAD, &attributes);
	if (program >= 0)
		return program;
	/* Once more, for its reasons: with a log it takes longer. */
	attributes.log_buf = address(log);
	attributes.log_size = sizeof log;
	attributes.log_level = 1;
	log[0] = '\0';
	program = bpf(BPF_PROG_LOAD, &attributes);
	return program >= 0 ? program : fail_to_load(group, log, failure);
}

static int attach(const struct kind *kind, int directory, int program, int replaced)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)directory,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = kind->attached,
		.attach_flags = BPF_F_ALLOW_MULTI | (replaced >= 0 ? BPF_F_REPLACE : 0),
		.replace_bpf_fd = replaced >= 0 ? (uint32_t)replaced : 0,
	};

	return bpf(BPF_PROG_ATTACH, &attributes);
}

static int detach(const struct kind *kind, int directory, int program)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)directory,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = kind->attached,
	};

	return bpf(BPF_PROG_DETACH, &attributes);
}

static int describe(int program, struct bpf_prog_info *info)
{
	union bpf_attr attributes = { .info = { .bpf_fd = (uint32_t)program, .info_len = sizeof *info, .info = address(info) } };

	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes);
}

/* By its id; -1 for one that is gone, or not ours. */
static int open_ours(uint32_t id)
{
	union bpf_attr attributes = { .prog_id = id };
	struct bpf_prog_info info = { 0 };
	int program = bpf(BPF_PROG_GET_FD_BY_ID, &attributes);

	if (program < 0)
		return -1;
	if (describe(program, &info) == 0 && strcmp(info.name, GROUP_PROGRAM_NAME) == 0)
		return program;
	close(program);
	return -1;
}

static int find_in(const struct kind *kind, int directory, int *programs, size_t most)
{
	uint32_t ids[MOST_ATTACHED];
	union bpf_attr attributes = {
		.query = {
			.target_fd = (uint32_t)directory,
			.attach_type = kind->attached,
			.prog_ids = address(ids),
			.prog_cnt = MOST_ATTACHED,
		},
	};
	size_t count = 0;

	if (bpf(BPF_PROG_QUERY, &attributes) < 0)
		return -1;
	for (uint32_t i = 0; i < attributes.query.prog_cnt && count < most; i++) {
		int program = open_ours(ids[i]);

		if (program >= 0)
			programs[count++] = program;
	}
	return (int)count;
}

int group_program_find(enum group_program kind, const char *group, int *programs, size_t most, struct failure *failure)
{
	int directory = cgroup_open(group, failure);
	int count = directory < 0 ? -1 : find_in(&kinds[kind], directory, programs, most);

	if (directory < 0)
		return -1;
	close(directory);
	return count < 0 ? fail(failure, "bpf BPF_PROG_QUERY", group) : count;
}

/* `program` (none if negative) in place of the first, and the rest away: there is more than one only if somebody attached it. */
static int replace(const struct kind *kind, int directory, int program, const int *present, int count)
{
	int first = program < 0 ? 0 : 1;

	if (program >= 0 && attach(kind, directory, program, count > 0 ? present[0] : -1) < 0)
		return -1;
	for (int i = first; i < count; i++)
		if (detach(kind, directory, present[i]) < 0 && errno != ENOENT)
			return -1;
	return 0;
}

static int put_into(const struct kind *kind, int directory, const char *group, const char *text, struct failure *failure)
{
	int present[MOST_ATTACHED];
	int program = text == NULL ? -1 : load(kind, group, text, failure);
	int count, result;

	if (text != NULL && program < 0)
		return -1;
	count = find_in(kind, directory, present, MOST_ATTACHED);
	result = count < 0 ? fail(failure, "bpf BPF_PROG_QUERY", group) : replace(kind, directory, program, present, count);
	if (count >= 0 && result < 0)
		result = fail(failure, "bpf BPF_PROG_ATTACH", group);
	for (int i = 0; i < count; i++)
		close(present[i]);
	if (program >= 0)
		close(program);
	return result;
}

int group_program_put(enum group_program kind, const char *group, const char *text, struct failure *failure)
{
	int directory, result;

	if (text != NULL && group_program_check(text) != NULL)
		return fail_with(failure, EINVAL, "bpf BPF_PROG_LOAD", group);
	directory = cgroup_open(group, failure);
	if (directory < 0)
		return -1;
	result = put_into(&kinds[kind], directory, group, text, failure);
	close(directory);
	return result;
}

int group_program_text(int program, char *text, struct failure *failure)
{
	struct bpf_prog_info info = { .xlated_prog_len = sizeof instructions, .xlated_prog_insns = address(instructions) };

	if (describe(program, &info) < 0)
		return fail(failure, "bpf BPF_OBJ_GET_INFO_BY_FD", NULL);
	/* Longer ones are cut off by the kernel; without rights to see it, it says nothing. */
	if (info.xlated_prog_insns == 0 || info.xlated_prog_len > sizeof instructions)
		info.xlated_prog_len = 0;
	hex_encode((const unsigned char *)instructions, info.xlated_prog_len, text);
	return 0;
}
