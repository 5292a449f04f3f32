#include "frames.h"

uint16_t get_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t get_u32(const uint8_t *bytes)
{
	return get_u16(bytes) | (uint32_t)get_u16(bytes + 2) << 16;
}

uint64_t get_u64(const uint8_t *bytes)
{
	return get_u32(bytes) | (uint64_t)get_u32(bytes + 4) << 32;
}

void put_u32(uint8_t *bytes, uint32_t value)
{
	for (int index = 0; index < 4; index++)
		bytes[index] = (uint8_t)(value >> (8 * index));
}

void put_u64(uint8_t *bytes, uint64_t value)
{
	put_u32(bytes, (uint32_t)value);
	put_u32(bytes + 4, (uint32_t)(value >> 32));
}

void frame_encode_header(uint8_t bytes[FRAME_HEADER_BYTES], uint8_t type, uint32_t length)
{
	bytes[0] = type;
	put_u32(bytes + 1, length);
}

struct frame_header frame_decode_header(const uint8_t bytes[FRAME_HEADER_BYTES])
{
	return (struct frame_header){ .type = bytes[0], .length = get_u32(bytes + 1) };
}

bool frame_acceptable(struct frame_header header, bool greeted)
{
	if (!greeted)
		return header.type == FRAME_HELLO && header.length == 5;
	switch (header.type) {
	case FRAME_DATA:
		return header.length <= FRAME_MAX_PAYLOAD;
	case FRAME_RESIZE:
	case FRAME_SIGNAL:
		return header.length == 4;
	case FRAME_TAKE_EXIT:
	case FRAME_DECISION:
		return header.length == 1;
	default:
		return false;
	}
}
