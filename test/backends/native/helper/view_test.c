#include "view.h"

#include "check.h"
#include "records_text.h"

/* What is said about these records. */
static const char *parse(const char *text)
{
	struct records records;
	struct view view;
	const char *reason;

	records_of(text, &records);
	reason = view_parse(&records, &view);
	records_free(&records);
	return reason;
}

static void a_stack_or_one_tree_is_fine_in_any_order(void)
{
	CHECK_TEXT(parse("overlay /a /b;at /run;exec tar -c"), NULL);
	CHECK_TEXT(parse("exec tar;at /run;overlay /a"), NULL);
}

static void what_is_missing_double_or_unknown_is_refused(void)
{
	static const char *const wrong[] = {
		"at /run;exec tar", "overlay /a;exec tar", "overlay /a;at /run", "overlay /a;overlay /b;at /run;exec tar",
		"overlay /a;at /run;exec tar;other",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK_TEXT(parse(wrong[i]), "view wants one each of overlay, at and exec");
}

static void paths_are_absolute_and_a_command_is_there(void)
{
	CHECK_TEXT(parse("overlay /a b;at /run;exec tar"), "a layer's path is absolute");
	CHECK_TEXT(parse("overlay /a;at run;exec tar"), "at wants an absolute PATH");
	CHECK_TEXT(parse("overlay /a;at /run /b;exec tar"), "at wants an absolute PATH");
	CHECK_TEXT(parse("overlay /a;at /run;exec"), "exec wants ARGV");
	CHECK_TEXT(parse("overlay;at /run;exec tar"), "an overlay has 1 to 500 layers");
}

static void the_kernel_takes_500_layers_and_no_more(void)
{
	static char *layers[VIEW_MAX_LAYERS + 2], *place[] = { "/run", NULL }, *command[] = { "tar", NULL };
	struct record items[] = { { "overlay", 0, layers }, { "at", 1, place }, { "exec", 1, command } };
	struct records records = { .items = items, .count = 3 };
	struct view view;

	for (size_t i = 0; i <= VIEW_MAX_LAYERS; i++)
		layers[i] = "/a";
	items[0].count = VIEW_MAX_LAYERS;
	CHECK_TEXT(view_parse(&records, &view), NULL);
	items[0].count = VIEW_MAX_LAYERS + 1;
	CHECK_TEXT(view_parse(&records, &view), "an overlay has 1 to 500 layers");
}

int main(void)
{
	RUN(a_stack_or_one_tree_is_fine_in_any_order);
	RUN(what_is_missing_double_or_unknown_is_refused);
	RUN(paths_are_absolute_and_a_command_is_there);
	RUN(the_kernel_takes_500_layers_and_no_more);
	return 0;
}
