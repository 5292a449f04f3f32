#include "entry.h"

#include "confine.h"
#include "init_process.h"
#include "number.h"

#include <sched.h>
#include <string.h>

static const struct {
	const char *name;
	int flag;
} namespaces[] = {
	{ "user", CLONE_NEWUSER }, { "mount", CLONE_NEWNS },  { "pid", CLONE_NEWPID },	   { "network", CLONE_NEWNET },
	{ "uts", CLONE_NEWUTS },   { "ipc", CLONE_NEWIPC },   { "cgroup", CLONE_NEWCGROUP }, { "time", CLONE_NEWTIME },
};

static int namespace_flag(const char *name)
{
	for (size_t index = 0; index < sizeof namespaces / sizeof *namespaces; index++)
		if (strcmp(namespaces[index].name, name) == 0)
			return namespaces[index].flag;
	return 0;
}

static const char *take_init(const struct record *record, struct entry *entry)
{
	return init_process_parse(record, &entry->init, &entry->init_start);
}

static const char *take_namespaces(const struct record *record, struct entry *entry)
{
	for (size_t index = 0; index < record->count; index++) {
		int flag = namespace_flag(record->arguments[index]);
		if (flag == 0)
			return "no such namespace";
		entry->namespaces |= flag;
	}
	return NULL;
}

static const char *take_terminal(const struct record *record, struct entry *entry)
{
	uint64_t columns, rows;
	if (record->count != 2 || !number_parse(record->arguments[0], UINT16_MAX, &columns) ||
	    !number_parse(record->arguments[1], UINT16_MAX, &rows))
		return "terminal wants COLUMNS ROWS";
	entry->terminal = true;
	entry->size = (struct winsize){ .ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows };
	return NULL;
}

static const char *take_cgroup(const struct record *record, struct entry *entry)
{
	(void)entry;
	return record->count == 1 && record->arguments[0][0] == '/' ? NULL : "cgroup wants an absolute PATH";
}

static const char *take_user(const struct record *record, struct entry *entry)
{
	if (record->count != 1)
		return "user wants NAME or UID[:GID]";
	entry->user = record->arguments[0];
	return NULL;
}

static const char *take_directory(const struct record *record, struct entry *entry)
{
	if (record->count != 1)
		return "working-directory wants PATH";
	entry->working_directory = record->arguments[0];
	return NULL;
}

static const char *take_environment(const struct record *record, struct entry *entry)
{
	entry->environment_count++;
	return record->count == 1 && strchr(record->arguments[0], '=') ? NULL : "environment wants KEY=VALUE";
}

static const char *take_exec(const struct record *record, struct entry *entry)
{
	entry->argv = record->count > 0 ? record->arguments : NULL;
	return NULL;
}

static const char *take_confinement(const struct record *record, struct entry *entry)
{
	(void)entry;
	return confine_check(record);
}

static const struct {
	const char *name;
	const char *(*take)(const struct record *record, struct entry *entry);
} forms[] = {
	{ "init", take_init },
	{ "namespaces", take_namespaces },
	{ "cgroup", take_cgroup },
	{ "terminal", take_terminal },
	{ "user", take_user },
	{ "working-directory", take_directory },
	{ "rlimit", take_confinement },
	{ "capabilities", take_confinement },
	{ "apparmor", take_confinement },
	{ "no-new-privileges", take_confinement },
	{ "seccomp", take_confinement },
	{ "environment", take_environment },
	{ "exec", take_exec },
};

static const char *take(const struct record *record, struct entry *entry)
{
	for (size_t index = 0; index < sizeof forms / sizeof *forms; index++)
		if (strcmp(forms[index].name, record->name) == 0)
			return forms[index].take(record, entry);
	return "no such record";
}

const char *entry_parse(const struct records *records, struct entry *entry)
{
	*entry = (struct entry){ .records = records, .user = "0" };
	for (size_t index = 0; index < records->count; index++) {
		const char *reason = take(&records->items[index], entry);
		if (reason)
			return reason;
	}
	return entry->init == 0 ? "the record `init` is missing" : NULL;
}
