/*
 * Build-time tool: compiles a seccomp profile with libseccomp. Not part of the helper; users are served its output
 * (seccomp/filters.generated.ts), so that nobody needs libseccomp.
 *
 *     seccomp-compile ARCH... < PROFILE > FILTER        the first ARCH is the machine's own
 *     seccomp-compile --version
 *
 * PROFILE, one rule a line; `#` begins a comment:
 *     arguments                       begins part one: what is not listed goes on to part two
 *     errno NUMBER SYSCALL ARG MASK VALUE        answers NUMBER when (argument & MASK) == VALUE
 *     own-errno NUMBER SYSCALL ARG MASK VALUE    the same, on the first ARCH only
 *     calls NUMBER                    begins part two: what is not listed is answered with NUMBER
 *     allow SYSCALL [ARG VALUE]       numbers in C notation
 *     errno NUMBER SYSCALL
 *
 * libseccomp cannot say "allow, but not with this masked argument" under a refusing default, so each part is a filter
 * of its own, and both are joined: an ALLOW of the first becomes a jump to the second.
 *
 * A call that this libseccomp does not know is left out and told on stderr as `unknown SYSCALL`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_INSTRUCTIONS 4096 /* BPF_MAXINSNS: the kernel takes no more */
#define MAX_WORDS 8
#define MAX_ARCHES 4

struct program {
	struct sock_filter code[MAX_INSTRUCTIONS];
	size_t length;
};

struct arches {
	uint32_t tokens[MAX_ARCHES];
	size_t count;
};

static int line_number;

static _Noreturn void fail(const char *what, const char *detail)
{
	fprintf(stderr, "seccomp-compile: line %d: %s: %s\n", line_number, what, detail);
	exit(1);
}

static void check(int result, const char *what, const char *detail)
{
	if (result < 0) {
		fprintf(stderr, "seccomp-compile: line %d: %s %s: %s\n", line_number, what, detail, strerror(-result));
		exit(1);
	}
}

static uint64_t parse_number(const char *text)
{
	char *end;

	errno = 0;
	uint64_t number = strtoull(text, &end, 0);
	if (errno != 0 || end == text || *end != '\0')
		fail("not a number", text);
	return number;
}

static struct arches parse_arches(int count, char **names)
{
	struct arches arches = { .count = 0 };

	if (count < 1 || count > MAX_ARCHES)
		fail("arguments", "one to four architectures");
	for (int i = 0; i < count; i++) {
		uint32_t token = seccomp_arch_resolve_name(names[i]);
		if (token == 0)
			fail("unknown architecture", names[i]);
		arches.tokens[arches.count++] = token;
	}
	return arches;
}

static scmp_filter_ctx new_filter(uint32_t otherwise, const uint32_t *arches, size_t count)
{
	scmp_filter_ctx filter = seccomp_init(otherwise);

	if (filter == NULL)
		fail("seccomp_init", "refused");
	/* A foreign architecture (x32 among them) is answered, never killed. */
	check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)), "attribute", "badarch");
	check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0), "attribute", "nnp");
	/* A binary tree instead of a list: some ten comparisons a call, not hundreds. */
	check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "attribute", "optimize");
	check(seccomp_arch_remove(filter, SCMP_ARCH_NATIVE), "remove", "native architecture");
	for (size_t i = 0; i < count; i++)
		check(seccomp_arch_add(filter, arches[i]), "add", "architecture");
	return filter;
}

/* Numbers of calls that this architecture lacks are negative; libseccomp translates them for each architecture. */
static void add_rule(scmp_filter_ctx filter, uint32_t action, const char *name, const struct scmp_arg_cmp *compare)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR) {
		fprintf(stderr, "unknown %s\n", name);
		return;
	}
	check(seccomp_rule_add_array(filter, action, number, compare != NULL ? 1 : 0, compare), "rule for", name);
}

static uint32_t parse_errno(const char *text)
{
	uint64_t number = parse_number(text);

	if (number == 0 || number > 4095)
		fail("not an errno", text);
	return SCMP_ACT_ERRNO((uint32_t)number);
}

/*
 * The first architecture apart from the others until all rules are there: i386's socketcall hides the arguments of
 * socket, and libseccomp would then refuse every socket for the sake of one.
 */
struct part_one {
	scmp_filter_ctx own;
	scmp_filter_ctx others;
};

static struct part_one new_part_one(const struct arches *arches)
{
	struct part_one part = { .own = new_filter(SCMP_ACT_ALLOW, arches->tokens, 1) };

	if (arches->count > 1)
		part.others = new_filter(SCMP_ACT_ALLOW, arches->tokens + 1, arches->count - 1);
	return part;
}

static void add_argument_rule(const struct part_one *part, char **words, size_t count)
{
	bool own_only = strcmp(words[0], "own-errno") == 0;

	if (count != 6 || (!own_only && strcmp(words[0], "errno") != 0))
		fail("expected errno NUMBER SYSCALL ARG MASK VALUE", words[0]);
	struct scmp_arg_cmp compare = {
		.arg = (unsigned int)parse_number(words[3]),
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = parse_number(words[4]),
		.datum_b = parse_number(words[5]),
	};
	add_rule(part->own, parse_errno(words[1]), words[2], &compare);
	if (part->others != NULL && !own_only)
		add_rule(part->others, parse_errno(words[1]), words[2], &compare);
}

/* Gives the one filter; `others` is consumed. */
static scmp_filter_ctx merge(const struct part_one *part)
{
	if (part->others != NULL)
		check(seccomp_merge(part->own, part->others), "merge", "architectures");
	return part->own;
}

/* calls: allow SYSCALL [ARG VALUE] | errno NUMBER SYSCALL */
static void add_call_rule(scmp_filter_ctx filter, char **words, size_t count)
{
	if (strcmp(words[0], "errno") == 0 && count == 3) {
		add_rule(filter, parse_errno(words[1]), words[2], NULL);
	} else if (strcmp(words[0], "allow") == 0 && count == 2) {
		add_rule(filter, SCMP_ACT_ALLOW, words[1], NULL);
	} else if (strcmp(words[0], "allow") == 0 && count == 4) {
		struct scmp_arg_cmp compare = {
			.arg = (unsigned int)parse_number(words[2]), .op = SCMP_CMP_EQ, .datum_a = parse_number(words[3]),
		};
		add_rule(filter, SCMP_ACT_ALLOW, words[1], &compare);
	} else {
		fail("expected allow or errno", words[0]);
	}
}

static void export_program(scmp_filter_ctx filter, struct program *program)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);

	if (fd < 0)
		fail("memfd_create", strerror(errno));
	check(seccomp_export_bpf(filter, fd), "export", "filter");
	ssize_t bytes = pread(fd, program->code, sizeof(program->code), 0);
	off_t size = lseek(fd, 0, SEEK_END);
	if (bytes <= 0 || bytes != size || (size_t)bytes % sizeof(struct sock_filter) != 0)
		fail("export", "not a program of a size that the kernel takes");
	program->length = (size_t)bytes / sizeof(struct sock_filter);
	close(fd);
}

/* Every `return ALLOW` becomes a jump behind the end. */
static void allow_means_go_on(struct program *program)
{
	for (size_t i = 0; i < program->length; i++) {
		struct sock_filter *instruction = &program->code[i];
		if (instruction->code == (BPF_RET | BPF_K) && instruction->k == SECCOMP_RET_ALLOW) {
			instruction->code = BPF_JMP | BPF_JA;
			instruction->k = (uint32_t)(program->length - i - 1);
		}
	}
}

static size_t split(char *line, char **words)
{
	size_t count = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (char *word = strtok(line, " \t"); word != NULL; word = strtok(NULL, " \t")) {
		if (count == MAX_WORDS)
			fail("too many words", word);
		words[count++] = word;
	}
	return count;
}

/* Returns how many words the next rule has, 0 at the end of the profile. */
static size_t next_rule(char *line, size_t size, char **words)
{
	while (fgets(line, (int)size, stdin) != NULL) {
		line_number++;
		size_t count = split(line, words);
		if (count != 0)
			return count;
	}
	return 0;
}

static void compile(const struct arches *arches, struct program *arguments, struct program *calls)
{
	char line[512];
	char *words[MAX_WORDS];
	size_t count = next_rule(line, sizeof(line), words);

	if (count != 1 || strcmp(words[0], "arguments") != 0)
		fail("profile", "does not begin with arguments");
	struct part_one part_one = new_part_one(arches);
	while ((count = next_rule(line, sizeof(line), words)) != 0 && strcmp(words[0], "calls") != 0)
		add_argument_rule(&part_one, words, count);
	if (count != 2)
		fail("profile", "no calls NUMBER");
	scmp_filter_ctx part_two = new_filter(parse_errno(words[1]), arches->tokens, arches->count);
	while ((count = next_rule(line, sizeof(line), words)) != 0)
		add_call_rule(part_two, words, count);
	export_program(merge(&part_one), arguments);
	export_program(part_two, calls);
	seccomp_release(part_one.own);
	seccomp_release(part_two);
}

static void write_program(const struct program *program)
{
	if (fwrite(program->code, sizeof(struct sock_filter), program->length, stdout) != program->length)
		fail("write", strerror(errno));
}

int main(int argc, char **argv)
{
	static struct program arguments, calls;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		const struct scmp_version *version = seccomp_version();
		printf("%u.%u.%u\n", version->major, version->minor, version->micro);
		return 0;
	}
	struct arches arches = parse_arches(argc - 1, argv + 1);
	compile(&arches, &arguments, &calls);
	if (arguments.length + calls.length > MAX_INSTRUCTIONS)
		fail("program", "longer than the kernel takes");
	allow_means_go_on(&arguments);
	write_program(&arguments);
	write_program(&calls);
	return fflush(stdout) == 0 ? 0 : 1;
}
