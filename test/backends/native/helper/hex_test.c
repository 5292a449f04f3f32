#include "hex.h"

#include "check.h"

static void whole_items_within_bounds_are_taken(void)
{
	CHECK(hex_holds("00ff", 2, 1) && hex_holds("00ff00ff", 2, 2));
	CHECK(!hex_holds("", 2, 2) && !hex_holds("00f", 2, 2) && !hex_holds("00ff00", 2, 2));
	CHECK(!hex_holds("00ff00ff", 2, 1));
	CHECK(!hex_holds("00fF", 2, 1) && !hex_holds("00fg", 2, 1) && !hex_holds(" 0ff", 2, 1));
}

static void bytes_go_there_and_back(void)
{
	unsigned char bytes[3];
	char text[7];

	hex_decode("00a9ff", bytes, 3);
	CHECK(bytes[0] == 0 && bytes[1] == 0xa9 && bytes[2] == 0xff);
	hex_encode(bytes, 3, text);
	CHECK_TEXT(text, "00a9ff");
	hex_encode(bytes, 0, text);
	CHECK_TEXT(text, "");
}

int main(void)
{
	RUN(whole_items_within_bounds_are_taken);
	RUN(bytes_go_there_and_back);
	return 0;
}
