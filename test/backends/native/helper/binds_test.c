#include "binds.h"

#include "check.h"
#include "records_text.h"

/* What is said about these records. */
static const char *parse(const char *text)
{
	struct records records;
	struct bind bind;
	const char *reason;

	records_of(text, &records);
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
