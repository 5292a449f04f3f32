/*
 * Mutated plans through decoder, validator and the copy for the monitor: nothing may be read or written out of bounds, and what
 * passes must pass again from a copy. Deterministic: plan_fuzz SEED COUNT. With clang -fsanitize=fuzzer -DLIBFUZZER it is a
 * libFuzzer target.
 */
#include "plan.h"

#include <stdint.h>

#include "check.h"
#include "mutation.h"
#include "plan_text.h"
#include "setup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 1 when the plan passed. */
static int try_plan(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size == 0 ? 1 : size);
	struct records records;
	struct plan plan;
	size_t index;

	memcpy(bytes, data, size);
	if (records_decode(bytes, size, &records, &index) != NULL) {
		CHECK(index <= RECORDS_MAX_COUNT);
		return 0;
	}
	if (plan_check(&records, &plan, &index) != NULL)
		return 0;
	free(setup_copy(&plan));
	plan_free(&plan);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_plan(data, size);
	return 0;
}

#ifndef LIBFUZZER

int main(int argc, char **argv)
{
	static struct sample sample;
	size_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
	size_t passed = 0;

	random_state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	for (size_t i = 0; i < count; i++) {
		mutate(&sample, fine_plan, FINE_LINES);
		passed += (size_t)try_plan(sample.bytes, sample.length);
	}
	/* Only refusals, or none, would mean that the fuzzer tests nothing. */
	CHECK(count < 1000 || (passed > 0 && passed < count));
	printf("ok %zu plans, %zu passed, seed %s\n", count, passed, argc > 1 ? argv[1] : "1");
	return 0;
}

#endif
