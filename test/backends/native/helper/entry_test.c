#include "entry.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "records_text.h"

static struct entry entry;

/* What is said about these records; the entry points into them. */
static const char *parse(const char *text)
{
	static struct records records;

	records_free(&records);
	records_of(text, &records);
	return entry_parse(&records, &entry);
}

static void a_request_says_who_where_and_how(void)
{
	CHECK_TEXT(parse("init 5 6;namespaces user pid;terminal 80 24;user web;exec ls -l"), NULL);
	CHECK(entry.init == 5 && entry.init_start == 6 && entry.namespaces == (CLONE_NEWUSER | CLONE_NEWPID));
	CHECK(entry.terminal && entry.size.ws_col == 80 && entry.size.ws_row == 24);
	CHECK_TEXT(parse("init 5 6"), NULL);
	CHECK(!entry.terminal && entry.argv == NULL && entry.working_directory == NULL);
}

static void what_is_no_request_is_refused(void)
{
	CHECK_TEXT(parse("terminal 80 24"), "the record `init` is missing");
	CHECK_TEXT(parse("init 0 6"), "init wants PID START");
	CHECK_TEXT(parse("init 5 6;terminal 80 70000"), "terminal wants COLUMNS ROWS");
	CHECK_TEXT(parse("init 5 6;cgroup machine"), "cgroup wants an absolute PATH");
	CHECK_TEXT(parse("init 5 6;namespaces user nowhere"), "no such namespace");
	CHECK_TEXT(parse("init 5 6;other"), "no such record");
}

int main(void)
{
	RUN(a_request_says_who_where_and_how);
	RUN(what_is_no_request_is_refused);
	return 0;
}
