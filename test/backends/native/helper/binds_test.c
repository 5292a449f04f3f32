#include "binds.h"

#include "check.h"

/* As in transfer_test.c; three arguments. */
static const char *parse(const char *text)
{
	static struct records records;
	static struct bind bind;
	struct records_out out = RECORDS_OUT_EMPTY;
	char copy[256];
	char *rest = copy;
	char *item;
	char *bytes;
	size_t index;
	const char *reason;

	snprintf(copy, sizeof copy, "%s", text);
	while ((item = strsep(&rest, ";")) != NULL) {
		char *name = strsep(&item, " ");
		char *first = strsep(&item, " ");
		char *second = strsep(&item, " ");
		char *third = strsep(&item, " ");

		records_add(&out, name, first, second, third, NULL);
	}
	records_add(&out, "end", NULL);
	bytes = malloc(out.length);
	memcpy(bytes, out.bytes, out.length);
	CHECK(records_decode(bytes, out.length, &records, &index) == NULL);
	reason = bind_parse(&records, &bind);
	records_free(&records);
	return reason;
}

static void a_bind_has_a_tree_and_its_removal_has_none(void)
{
	CHECK_TEXT(parse("init 5 6;tree mapped read-only /a;path /b"), NULL);
	CHECK_TEXT(parse("init 5 6;path /b"), NULL);
}

static void anything_else_is_refused(void)
{
	CHECK_TEXT(parse("path /b"), "bind wants one each of init, path and perhaps tree");
	CHECK_TEXT(parse("init 5 6;path /b;path /c"), "bind wants one each of init, path and perhaps tree");
	CHECK_TEXT(parse("init 0 6;path /b"), "init wants PID START");
	CHECK_TEXT(parse("init 5 6;path b"), "path wants an absolute PATH below /");
	CHECK_TEXT(parse("init 5 6;path //"), "path wants an absolute PATH below /");
	CHECK_TEXT(parse("init 5 6;path /b;tree mapped read-only a"), "tree wants MAP MODE and an absolute PATH");
	CHECK_TEXT(parse("init 5 6;path /b;tree mapped writable /a"), "tree wants mapped or plain, read-only or read-write");
}

int main(void)
{
	RUN(a_bind_has_a_tree_and_its_removal_has_none);
	RUN(anything_else_is_refused);
	return 0;
}
