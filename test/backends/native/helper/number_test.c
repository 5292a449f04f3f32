#include "number.h"

#include "check.h"

static uint64_t number;

static void digits_alone_are_a_number(void)
{
	CHECK(number_parse("0", 0, &number) && number == 0);
	CHECK(number_parse("0042", 42, &number) && number == 42);
	CHECK(number_parse("18446744073709551615", UINT64_MAX, &number) && number == UINT64_MAX);
}

static void what_strtoull_would_take_besides_is_none(void)
{
	CHECK(!number_parse("", 9, &number) && !number_parse(" 1", 9, &number) && !number_parse("1 ", 9, &number));
	CHECK(!number_parse("+1", 9, &number) && !number_parse("-1", UINT64_MAX, &number) && !number_parse("0x1", 9, &number));
}

static void what_is_too_large_is_none(void)
{
	CHECK(!number_parse("43", 42, &number));
	CHECK(!number_parse("18446744073709551616", UINT64_MAX, &number));
	CHECK(!number_parse("000000000000000000001", UINT64_MAX, &number));
}

static void nobody_has_the_last_id(void)
{
	uint32_t id = 7;

	CHECK(!number_parse_id("4294967295", &id) && !number_parse_id("x", &id) && id == 7);
	CHECK(number_parse_id("4294967294", &id) && id == UINT32_MAX - 1);
}

int main(void)
{
	RUN(digits_alone_are_a_number);
	RUN(what_strtoull_would_take_besides_is_none);
	RUN(what_is_too_large_is_none);
	RUN(nobody_has_the_last_id);
	return 0;
}
