/*
 * Records that are nearly right, for fuzzers: lines are swapped, doubled, cut short or left out, then bytes changed. Deterministic: the same seed, the
 * same samples.
 */
#ifndef TSMACHINE_TEST_MUTATION_H
#define TSMACHINE_TEST_MUTATION_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "records_text.h"

static uint64_t random_state = 1;

/* splitmix64: small, and the same everywhere. */
static inline uint64_t next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static inline size_t below(size_t bound)
{
	return bound == 0 ? 0 : (size_t)(next_random() % bound);
}

enum { ROOM = 65536 };

struct sample {
	uint8_t bytes[ROOM];
	size_t length;
};

static inline void change_byte(struct sample *sample)
{
	static const char telling[] = "\0\0" "0123456789./,-=|\xff";

	if (sample->length > 0)
		sample->bytes[below(sample->length)] = (uint8_t)telling[below(sizeof telling - 1)];
}

static inline void flip_bit(struct sample *sample)
{
	if (sample->length > 0)
		sample->bytes[below(sample->length)] ^= (uint8_t)(1U << below(8));
}

static inline void remove_piece(struct sample *sample)
{
	size_t at = below(sample->length);
	size_t size = below(sample->length - at < 64 ? sample->length - at + 1 : 64);

	memmove(sample->bytes + at, sample->bytes + at + size, sample->length - at - size);
	sample->length -= size;
}

static inline void repeat_piece(struct sample *sample)
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

static inline void cut_off(struct sample *sample)
{
	sample->length = below(sample->length + 1);
}

enum { MOST_LINES = 128, LONGEST_LINE = 512 };

/* Words gone from its end, or one more: the decoder passes that, and who takes the arguments must count them. */
static inline const char *with_other_words(const char *line, char room[LONGEST_LINE])
{
	char *last;

	if (below(3) == 0) {
		snprintf(room, LONGEST_LINE, "%s 1", line);
		return room;
	}
	snprintf(room, LONGEST_LINE, "%s", line);
	for (size_t gone = 1 + below(3); gone > 0 && (last = strrchr(room, ' ')) != NULL; gone--)
		*last = '\0';
	return room;
}

/* Lines swapped, doubled or left out: past the decoder, into the validator. The last one stays. */
static inline void begin_with_lines(struct sample *sample, const char *const *fine, size_t count)
{
	const char *lines[MOST_LINES];
	char room[LONGEST_LINE];
	char *bytes;

	memcpy(lines, fine, count * sizeof *lines);
	for (size_t changes = below(3); changes > 0; changes--) {
		size_t at = below(count - 1), other = below(count - 1);
		const char *line = lines[at];

		lines[at] = lines[other];
		if (below(2) == 0)
			lines[other] = line;
	}
	if (below(4) == 0) {
		size_t at = below(count - 1);

		lines[at] = with_other_words(lines[at], room);
	}
	bytes = records_bytes(lines, count, &sample->length);
	memcpy(sample->bytes, bytes, sample->length);
	free(bytes);
}

static inline void mutate(struct sample *sample, const char *const *fine, size_t count)
{
	static void (*const mutations[])(struct sample *sample) = {
		change_byte, change_byte, change_byte, flip_bit, remove_piece, repeat_piece, cut_off,
	};

	begin_with_lines(sample, fine, count);
	for (size_t changes = below(4); changes > 0; changes--)
		mutations[below(sizeof mutations / sizeof *mutations)](sample);
}

#endif
