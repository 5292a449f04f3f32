#include "forms.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

static const struct form forms[] = {
	{ SECTION_MACHINE, 0, "run-directory", "PATH" },
	{ SECTION_MACHINE, 0, "console-log", "PATH NUMBER" },
	{ SECTION_MACHINE, 0, "exit-record", "PATH" },
	{ SECTION_MACHINE, 0, "on-exit", "TEXT..." },
	{ SECTION_MACHINE, 0, "on-terminate", "TEXT..." },
	{ SECTION_MACHINE, 0, "plan-file", "PATH" },
	{ SECTION_MACHINE, 0, "on-event", "TEXT..." },
	{ SECTION_MACHINE, 0, "watch-counters", "PATH poll|eventfd COUNT COUNT COUNT WORD..." },
	{ SECTION_MACHINE, 0, "watch-pressure", "PATH COUNT COUNT COUNT some|full COUNT COUNT" },
	{ SECTION_MACHINE, 0, "count-file", "PATH" },

	{ SECTION_OUTSIDE, 1, "cgroup-create", "PATH" },
	{ SECTION_OUTSIDE, 1, "cgroup-write", "PATH TEXT [optional]" },
	{ SECTION_OUTSIDE, 1, "cgroup-devices", "PATH TEXT" },
	{ SECTION_OUTSIDE, 1, "cgroup-marks", "PATH TEXT" },
	{ SECTION_OUTSIDE, 1, "cgroup-monitor", "PATH" },
	{ SECTION_OUTSIDE, 1, "cgroup-payload", "PATH unified|legacy" },
	{ SECTION_OUTSIDE, 1, "cgroup-kill", "PATH" },
	{ SECTION_OUTSIDE, 2, "namespaces", "user|mount|pid|network|uts|ipc|cgroup|time..." },
	{ SECTION_OUTSIDE, 2, "clock-zero", "" },
	{ SECTION_OUTSIDE, 3, "id-map", "uid|gid ID ID COUNT" },
	{ SECTION_OUTSIDE, 3, "cgroup-delegate", "PATH FILE..." },
	{ SECTION_OUTSIDE, 4, "overlay", "SLOT mapped|plain PATH PATH..." },
	{ SECTION_OUTSIDE, 4, "tree", "SLOT mapped|plain read-write|read-only PATH [devices]" },

	{ SECTION_INSIDE, 1, "root", "SLOT" },
	{ SECTION_INSIDE, 2, "directory", "PATH MODE" },
	{ SECTION_INSIDE, 2, "mount", "WORD PATH FLAGS OPTIONS" },
	{ SECTION_INSIDE, 2, "device", "PATH PATH [optional]" },
	{ SECTION_INSIDE, 2, "node", "PATH MODE NUMBER NUMBER" },
	{ SECTION_INSIDE, 2, "symlink", "TEXT PATH" },
	{ SECTION_INSIDE, 2, "write", "PATH MODE TEXT" },
	{ SECTION_INSIDE, 2, "attach", "SLOT PATH directory|file|as-source" },
	{ SECTION_INSIDE, 2, "console", "" },
	{ SECTION_INSIDE, 2, "notify-socket", "PATH" },
	{ SECTION_INSIDE, 2, "mask", "PATH" },
	{ SECTION_INSIDE, 2, "read-only", "PATH" },
	{ SECTION_INSIDE, 3, "pivot-root", "" },
	{ SECTION_INSIDE, 3, "propagation", "shared|private|slave" },
	{ SECTION_INSIDE, 4, "hostname", "WORD" },
	{ SECTION_INSIDE, 4, "loopback", "" },
	{ SECTION_INSIDE, 4, "rlimit", "WORD TEXT TEXT" },
	{ SECTION_INSIDE, 4, "umask", "MODE" },
	{ SECTION_INSIDE, 5, "working-directory", "PATH" },
	{ SECTION_INSIDE, 5, "groups", "[ID...]" },
	{ SECTION_INSIDE, 5, "user", "ID ID" },
	{ SECTION_INSIDE, 6, "capabilities", "[NUMBER...]" },
	{ SECTION_INSIDE, 6, "apparmor", "TEXT" },
	{ SECTION_INSIDE, 6, "no-new-privileges", "" },
	{ SECTION_INSIDE, 7, "seccomp", "TEXT" },
	{ SECTION_INSIDE, 8, "environment", "ASSIGNMENT" },
	{ SECTION_INSIDE, 8, "exec", "PATH TEXT..." },
};

/* Absolute, without `.` or `..`: RESOLVE_IN_ROOT would hold, but a plan that needs `..` is a mistake or an attack. */
static bool is_path(const char *text)
{
	if (text[0] != '/' || strlen(text) >= PATH_MAX)
		return false;
	for (const char *part = text; part != NULL; part = strchr(part + 1, '/')) {
		size_t length = strcspn(part + 1, "/");

		if (length <= 2 && strspn(part + 1, ".") >= length && length > 0)
			return false;
	}
	return true;
}

static bool is_made_of(const char *text, const char *allowed, size_t longest)
{
	size_t length = strlen(text);

	return length > 0 && length <= longest && strspn(text, allowed) == length;
}

static bool is_number_up_to(const char *text, uint64_t largest)
{
	uint64_t number;

	return number_parse(text, largest, &number);
}

/* A name that is one component of a path. */
static bool is_file(const char *text)
{
	return text[0] != '\0' && strlen(text) <= NAME_MAX && strchr(text, '/') == NULL && strcmp(text, ".") != 0 &&
	       strcmp(text, "..") != 0;
}

static bool is_slot(const char *text)
{
	return is_made_of(text, "abcdefghijklmnopqrstuvwxyz0123456789-", 32);
}

static bool is_mode(const char *text)
{
	return is_made_of(text, "01234567", 5) && strtoul(text, NULL, 8) <= 07777;
}

static bool is_word(const char *text)
{
	return is_made_of(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", 64);
}

static bool is_assignment(const char *text)
{
	const char *equals = strchr(text, '=');

	return equals != NULL && equals != text;
}

static bool is_word_in(const char *text, const char *list, size_t list_length, char divider)
{
	size_t length = strlen(text);

	while (length > 0) {
		const char *bar = memchr(list, divider, list_length);
		size_t word = bar == NULL ? list_length : (size_t)(bar - list);

		if (word == length && memcmp(text, list, length) == 0)
			return true;
		if (bar == NULL)
			return false;
		list += word + 1;
		list_length -= word + 1;
	}
	return false;
}

/* Each of the words divided by commas is a flag, or all is `-`. */
static bool is_flags(const char *text)
{
	static const char known[] = "nosuid,nodev,noexec,read-only,relatime";
	char word[16];

	if (strcmp(text, "-") == 0)
		return true;
	for (;;) {
		size_t length = strcspn(text, ",");

		if (length >= sizeof word)
			return false;
		memcpy(word, text, length);
		word[length] = '\0';
		if (!is_word_in(word, known, sizeof known - 1, ','))
			return false;
		if (text[length] == '\0')
			return true;
		text += length + 1;
	}
}

/* The last id means "none" to the kernel. */
static bool is_id(const char *text)
{
	return is_number_up_to(text, UINT_MAX - 1);
}

static bool is_count(const char *text)
{
	return text[0] != '0' && is_number_up_to(text, UINT_MAX);
}

static bool is_number(const char *text)
{
	return is_number_up_to(text, LLONG_MAX);
}

static bool is_options(const char *text)
{
	return text[0] != '\0' && strlen(text) < 4096;
}

static bool is_text(const char *text)
{
	(void)text;
	return true;
}

static bool is_kind(const char *text, const char *kind, size_t length)
{
	static const struct {
		const char *kind;
		bool (*check)(const char *text);
	} checks[] = {
		{ "PATH", is_path },	     { "FILE", is_file },   { "SLOT", is_slot },   { "MODE", is_mode },
		{ "WORD", is_word },	     { "FLAGS", is_flags }, { "ID", is_id },	   { "COUNT", is_count },
		{ "ASSIGNMENT", is_assignment }, { "NUMBER", is_number }, { "OPTIONS", is_options }, { "TEXT", is_text },
	};

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (strlen(checks[i].kind) == length && memcmp(checks[i].kind, kind, length) == 0)
			return checks[i].check(text);
	}
	return false;
}

static bool argument_fits(const char *text, const char *word, size_t length)
{
	bool kind = word[0] >= 'A' && word[0] <= 'Z';

	return kind ? is_kind(text, word, length) : is_word_in(text, word, length, '|');
}

const struct form *form_find(enum section section, const char *operation)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (forms[i].section == section && strcmp(forms[i].operation, operation) == 0)
			return &forms[i];
	}
	return NULL;
}

const char *form_check(const struct form *form, const struct record *record)
{
	const char *word = form->arguments;
	size_t i = 0;

	while (*word != '\0') {
		bool optional = *word == '[';
		const char *kind = word + optional;
		size_t length = strcspn(kind, " .]");
		bool more = kind[length] == '.';

		if (i == record->count && !optional)
			return "arguments are missing";
		do {
			if (i < record->count && !argument_fits(record->arguments[i++], kind, length))
				return "an argument is malformed";
		} while (more && i < record->count);
		word += strcspn(word, " ");
		word += *word == ' ';
	}
	return i == record->count ? NULL : "there are too many arguments";
}
