#include "frames.h"

#include "check.h"

static bool acceptable(uint8_t type, uint32_t length, bool greeted)
{
	return frame_acceptable((struct frame_header){ .type = type, .length = length }, greeted);
}

static void a_header_is_a_type_and_a_little_endian_length(void)
{
	uint8_t bytes[FRAME_HEADER_BYTES];
	frame_encode_header(bytes, 'd', 0x01020304);
	CHECK(memcmp(bytes, "d\4\3\2\1", sizeof bytes) == 0);
	struct frame_header header = frame_decode_header(bytes);
	CHECK(header.type == 'd' && header.length == 0x01020304);
}

static void numbers_survive_at_their_bounds(void)
{
	uint8_t bytes[8];
	put_u64(bytes, UINT64_MAX - 1);
	CHECK(get_u64(bytes) == UINT64_MAX - 1);
	put_u32(bytes, UINT32_MAX);
	CHECK(get_u32(bytes) == UINT32_MAX && get_u16(bytes) == UINT16_MAX);
	CHECK(get_u16((const uint8_t *)"\x34\x12") == 0x1234);
}

static void hello_comes_first_and_once(void)
{
	CHECK(acceptable('h', 5, false) && !acceptable('h', 5, true));
	CHECK(!acceptable('d', 1, false) && !acceptable('r', 4, false) && !acceptable('s', 4, false));
}

static void lengths_are_exact(void)
{
	CHECK(!acceptable('h', 4, false) && !acceptable('h', 6, false));
	CHECK(acceptable('r', 4, true) && !acceptable('r', 3, true) && !acceptable('r', 5, true));
	CHECK(acceptable('s', 4, true) && !acceptable('s', 0, true));
	CHECK(acceptable('d', 0, true) && acceptable('d', FRAME_MAX_PAYLOAD, true));
	CHECK(!acceptable('d', FRAME_MAX_PAYLOAD + 1, true) && !acceptable('d', UINT32_MAX, true));
}

static void a_client_cannot_say_what_the_monitor_says(void)
{
	static const char types[] = { 'w', 'g', 'o', 'b', 'x', 0, 'D', (char)0xff };
	for (size_t index = 0; index < sizeof types; index++)
		CHECK(!acceptable((uint8_t)types[index], 4, true));
}

int main(void)
{
	RUN(a_header_is_a_type_and_a_little_endian_length);
	RUN(numbers_survive_at_their_bounds);
	RUN(hello_comes_first_and_once);
	RUN(lengths_are_exact);
	RUN(a_client_cannot_say_what_the_monitor_says);
	return 0;
}
