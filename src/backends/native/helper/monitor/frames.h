/* Frames of console.sock (docs/launch-plan.md): one byte type, four bytes little-endian payload length, payload. */
#ifndef TSMACHINE_FRAMES_H
#define TSMACHINE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

enum {
	FRAME_HEADER_BYTES = 5,
	FRAME_MAX_PAYLOAD = 65536,
	/*
	 * The most output we put into one. Linux queues so little on a unix stream socket as a whole or not at all. So a frame is
	 * hardly ever cut in two, and a client that sleeps does so between frames, where it can be told of a gap.
	 */
	FRAME_OUTPUT_PAYLOAD = 32768 - FRAME_HEADER_BYTES,
	/* The longest client frame that is not keyboard input. */
	FRAME_MAX_CONTROL = 5,
};

enum frame_type {
	FRAME_HELLO = 'h',
	FRAME_DATA = 'd',
	FRAME_RESIZE = 'r',
	FRAME_SIGNAL = 's',
	FRAME_TAKE_EXIT = 't', /* from the monitor: the question to who took it */
	FRAME_DECISION = 'a',
	FRAME_WELCOME = 'w',
	FRAME_GAP = 'g',
	FRAME_ANSWER = 'o',
	FRAME_REBOOT = 'b',
	FRAME_END = 'x',
};

struct frame_header {
	uint8_t type;
	uint32_t length;
};

void frame_encode_header(uint8_t bytes[FRAME_HEADER_BYTES], uint8_t type, uint32_t length);
struct frame_header frame_decode_header(const uint8_t bytes[FRAME_HEADER_BYTES]);

/* Whether a client may send such a frame now: known type, exact length, hello first and only first. */
bool frame_acceptable(struct frame_header header, bool greeted);

uint16_t get_u16(const uint8_t *bytes);
uint32_t get_u32(const uint8_t *bytes);
uint64_t get_u64(const uint8_t *bytes);
void put_u32(uint8_t *bytes, uint32_t value);
void put_u64(uint8_t *bytes, uint64_t value);

#endif
