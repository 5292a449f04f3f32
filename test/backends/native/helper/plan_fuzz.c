/*
 * Mutated plans through decoder, validator and the copy for the monitor: nothing may be read or written out of bounds, and what
 * passes must pass again from a copy. Deterministic: plan_fuzz SEED COUNT. With clang -fsanitize=fuzzer -DLIBFUZZER it is a
 * libFuzzer target.
 */
#include "plan.h"

#include <stdint.h>

#include "check.h"
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

static uint64_t state;

/* splitmix64: small, and the same everywhere. */
static uint64_t next_random(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static size_t below(size_t bound)
{
	return bound == 0 ? 0 : (size_t)(next_random() % bound);
}

enum { ROOM = 65536 };

struct sample {
	uint8_t bytes[ROOM];
	size_t length;
};

static void change_byte(struct sample *sample)
{
	static const char telling[] = "\0\0" "0123456789./,-=|\xff";

	if (sample->length > 0)
		sample->bytes[below(sample->length)] = (uint8_t)telling[below(sizeof telling - 1)];
}

static void flip_bit(struct sample *sample)
{
	if (sample->length > 0)
		sample->bytes[below(sample->length)] ^= (uint8_t)(1U << below(8));
}

static void remove_piece(struct sample *sample)
{
	size_t at = below(sample->length);
	size_t size = below(sample->length - at < 64 ? sample->length - at + 1 : 64);

	memmove(sample->bytes + at, sample->bytes + at + size, sample->length - at - size);
	sample->length -= size;
}

static void repeat_piece(struct sample *sample)
{
	size_t from = below(sample->length);
	size_t size = below(sample->length - from < 512 ? sample->length - from + 1 : 512);
	size_t at = below(sample->length);
	uint8_t piece[512];

	if (sample->length + size > ROOM)
		return;
	memcpy(piece, sample->bytes + from, size);
	memmove(sample->bytes + at + size, sample->bytes + at, sample->length - at);
	memcpy(sample->bytes + at, piece, size);
	sample->length += size;
}

static void cut_off(struct sample *sample)
{
	sample->length = below(sample->length + 1);
}

/* Lines swapped, doubled or left out: past the decoder, into the validator. */
static void begin_with_lines(struct sample *sample)
{
	const char *lines[FINE_LINES + 4];
	size_t count = FINE_LINES;
	char *bytes;

	memcpy(lines, fine_plan, sizeof fine_plan);
	for (size_t changes = below(3); changes > 0; changes--) {
		size_t at = below(count - 1), other = below(count - 1);
		const char *line = lines[at];

		lines[at] = lines[other];
		if (below(2) == 0)
			lines[other] = line;
	}
	bytes = plan_bytes(lines, count, &sample->length);
	memcpy(sample->bytes, bytes, sample->length);
	free(bytes);
}

static void mutate(struct sample *sample)
{
	static void (*const mutations[])(struct sample *sample) = {
		change_byte, change_byte, change_byte, flip_bit, remove_piece, repeat_piece, cut_off,
	};

	begin_with_lines(sample);
	for (size_t changes = below(4); changes > 0; changes--)
		mutations[below(sizeof mutations / sizeof *mutations)](sample);
}

int main(int argc, char **argv)
{
	static struct sample sample;
	size_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20000;
	size_t passed = 0;

	state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	for (size_t i = 0; i < count; i++) {
		mutate(&sample);
		passed += (size_t)try_plan(sample.bytes, sample.length);
	}
	/* Only refusals, or none, would mean that the fuzzer tests nothing. */
	CHECK(count < 1000 || (passed > 0 && passed < count));
	printf("ok %zu plans, %zu passed, seed %s\n", count, passed, argc > 1 ? argv[1] : "1");
	return 0;
}

#endif
