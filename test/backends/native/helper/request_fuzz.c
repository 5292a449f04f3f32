/*
 * Mutated requests of the modes that read records and are no launch (enter and drive, transfer with shift, view, bind) through the decoder and
 * each mode's own check: nothing may be read or written out of bounds, whichever mode gets them. Deterministic: request_fuzz SEED COUNT.
 * With clang -fsanitize=fuzzer -DLIBFUZZER it is a libFuzzer target.
 */
#include <stdint.h>

#include "binds.h"
#include "check.h"
#include "entry.h"
#include "mutation.h"
#include "transfer.h"
#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *check_entry(const struct records *records)
{
	struct entry entry;

	return entry_parse(records, &entry);
}

static const char *check_transfer(const struct records *records)
{
	struct transfer transfer;

	return transfer_parse(records, &transfer);
}

static const char *check_view(const struct records *records)
{
	struct view view;

	return view_parse(records, &view);
}

static const char *check_bind(const struct records *records)
{
	struct bind bind;

	return bind_parse(records, &bind);
}

enum { MOST_RECORDS = 16 };

/* What each mode takes, fine as it stands. */
static const struct seed {
	const char *(*check)(const struct records *records);
	const char *lines[MOST_RECORDS];
} seeds[] = {
	{ check_entry,
	  { "init 5 6", "namespaces user mount pid network uts ipc cgroup time", "cgroup /sys/fs/cgroup/demo/payload", "terminal 80 24",
	    "user 0:0", "working-directory /root", "rlimit nofile 1024 unlimited", "capabilities 0 1 21", "apparmor tsmachine-default-v1",
	    "no-new-privileges", "seccomp 060000000000ff7f", "environment TERM=xterm", "exec /bin/ls -l", "end" } },
	{ check_entry, { "init 5 6", "user web", "end" } },
	{ check_transfer,
	  { "direction push", "init 5 6", "sources /a /b", "target /c", "owner 0 0", "ids 65536", "choice into parents set-id", "end" } },
	{ check_transfer, { "direction pull", "overlay /changes /layers/b /layers/a", "sources /a", "target -", "owner keep", "end" } },
	{ check_transfer,
	  { "direction push", "tree /tree", "shift 65536 65536", "sources -", "target /c", "owner 1000 1000", "ids 65536", "end" } },
	{ check_view, { "overlay /layers/b /layers/a", "at /run/view", "exec /bin/tar -c .", "end" } },
	{ check_bind, { "init 5 6", "tree mapped read-only /srv", "path /srv", "end" } },
	{ check_bind, { "init 5 6", "path /srv", "end" } },
};

enum { SEEDS = sizeof seeds / sizeof *seeds };

/* Whether the mode whose request it began as takes it; the others must withstand it too. */
static bool try_request(const struct seed *seed, const uint8_t *data, size_t size)
{
	char *bytes = malloc(size == 0 ? 1 : size);
	struct records records;
	size_t index;
	bool passed = false;

	memcpy(bytes, data, size);
	if (records_decode(bytes, size, &records, &index) != NULL) {
		CHECK(index <= RECORDS_MAX_COUNT);
		return false;
	}
	for (size_t i = 0; i < SEEDS; i++) {
		if (seeds[i].check(&records) == NULL && &seeds[i] == seed)
			passed = true;
	}
	records_free(&records);
	return passed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_request(NULL, data, size);
	return 0;
}

#ifndef LIBFUZZER

static size_t lines_of(const struct seed *seed)
{
	size_t count = 0;

	while (seed->lines[count] != NULL)
		count++;
	return count;
}

int main(int argc, char **argv)
{
	static struct sample sample;
	size_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
	size_t all = 0;

	random_state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	for (size_t at = 0; at < SEEDS; at++) {
		size_t lines = lines_of(&seeds[at]), passed = 0;

		for (size_t i = 0; i < count / SEEDS; i++) {
			mutate(&sample, seeds[at].lines, lines);
			passed += (size_t)try_request(&seeds[at], sample.bytes, sample.length);
		}
		/* Of any of them only refusals, or none, would mean that the fuzzer tests nothing. */
		CHECK(count < 1000 || (passed > 0 && passed < count / SEEDS));
		all += passed;
	}
	printf("ok %zu requests, %zu passed, seed %s\n", count / SEEDS * SEEDS, all, argc > 1 ? argv[1] : "1");
	return 0;
}

#endif
