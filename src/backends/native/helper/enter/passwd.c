#include "passwd.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "number.h"

static const char DEFAULT_HOME[] = "/";
static const char DEFAULT_SHELL[] = "/bin/sh";

enum { PASSWD_FIELDS = 7, GROUP_FIELDS = 4 };

struct line_reader {
	int fd;
	size_t begin, end; /* what is left in the buffer */
	size_t taken;      /* from the file, so far */
	char buffer[PASSWD_MAX_LINE];
};

static bool fill(struct line_reader *reader)
{
	memmove(reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
	reader->end -= reader->begin;
	reader->begin = 0;
	if (reader->taken >= PASSWD_MAX_BYTES)
		return false;
	ssize_t length = read(reader->fd, reader->buffer + reader->end, sizeof reader->buffer - reader->end);
	if (length <= 0)
		return false;
	reader->end += (size_t)length;
	reader->taken += (size_t)length;
	return true;
}

/* The next line that is of bearable length, NUL-terminated, or NULL. A last line without a newline counts only if it is whole. */
static char *next_line(struct line_reader *reader)
{
	bool skipping = false;
	for (;;) {
		char *line = reader->buffer + reader->begin;
		char *newline = memchr(line, '\n', reader->end - reader->begin);
		if (newline) {
			*newline = '\0';
			reader->begin = (size_t)(newline + 1 - reader->buffer);
			if (!skipping)
				return line;
			skipping = false;
			continue;
		}
		if (reader->end - reader->begin == sizeof reader->buffer) {
			skipping = true; /* too long: forget it, and what follows of it */
			reader->begin = reader->end;
		}
		if (!fill(reader))
			break;
	}
	if (skipping || reader->end == 0 || reader->end == sizeof reader->buffer)
		return NULL;
	reader->buffer[reader->end] = '\0';
	reader->begin = reader->end = 0;
	return reader->buffer;
}

/* Cuts a line at its colons. False unless there are so many fields. */
static bool split(char *line, char **fields, int count)
{
	for (int index = 0; index < count; index++) {
		fields[index] = line;
		char *colon = strchr(line, ':');
		if (!colon != (index == count - 1))
			return false;
		if (colon) {
			*colon = '\0';
			line = colon + 1;
		}
	}
	return true;
}

bool account_parse_query(const char *text, struct account_query *query)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	*query = (struct account_query){ .has_gid = colon != NULL };
	if (length == 0 || length >= sizeof query->name || (colon && !number_parse_id(colon + 1, &query->gid)))
		return false;
	memcpy(query->name, text, length);
	if (strspn(query->name, "0123456789") != length)
		return true;
	bool sound = number_parse_id(query->name, &query->uid);
	memset(query->name, 0, sizeof query->name);
	return sound;
}

static bool fits(const char *text, size_t size)
{
	return strlen(text) < size;
}

/* name:password:uid:gid:gecos:home:shell */
static bool take_entry(char **fields, const struct account_query *query, struct account *account)
{
	uint32_t uid, gid;
	if (fields[0][0] == '\0' || !number_parse_id(fields[2], &uid) || !number_parse_id(fields[3], &gid))
		return false;
	if (query->name[0] ? strcmp(fields[0], query->name) != 0 : uid != query->uid)
		return false;
	if (!fits(fields[0], sizeof account->name) || !fits(fields[5], sizeof account->home) || !fits(fields[6], sizeof account->shell))
		return false;
	account->uid = uid;
	account->gid = gid;
	strcpy(account->name, fields[0]);
	if (fields[5][0] == '/')
		strcpy(account->home, fields[5]);
	if (fields[6][0] == '/')
		strcpy(account->shell, fields[6]);
	return true;
}

bool account_find(int passwd_fd, const struct account_query *query, struct account *account)
{
	struct line_reader reader = { .fd = passwd_fd };
	char *fields[PASSWD_FIELDS];
	bool found = false;

	memset(account, 0, sizeof *account);
	account->uid = query->uid;
	strcpy(account->home, DEFAULT_HOME);
	strcpy(account->shell, DEFAULT_SHELL);
	for (char *line; passwd_fd >= 0 && !found && (line = next_line(&reader));)
		found = split(line, fields, PASSWD_FIELDS) && take_entry(fields, query, account);
	if (query->has_gid)
		account->gid = query->gid;
	return found || query->name[0] == '\0';
}

static bool lists(char *members, const char *name)
{
	for (char *rest = NULL, *member = strtok_r(members, ",", &rest); member; member = strtok_r(NULL, ",", &rest))
		if (strcmp(member, name) == 0)
			return true;
	return false;
}

/* name:password:gid:member,member... */
void account_find_groups(int group_fd, struct account *account)
{
	struct line_reader reader = { .fd = group_fd };
	char *fields[GROUP_FIELDS];
	uint32_t gid;

	if (group_fd < 0 || account->name[0] == '\0')
		return;
	for (char *line; account->group_count < PASSWD_MAX_GROUPS && (line = next_line(&reader));)
		if (split(line, fields, GROUP_FIELDS) && number_parse_id(fields[2], &gid) && lists(fields[3], account->name))
			account->groups[account->group_count++] = gid;
}

/* A regular file only: a pipe would never end. No magic links: /proc/self/fd/N would be a descriptor of ours. */
static int open_database(const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, .resolve = RESOLVE_NO_MAGICLINKS };
	struct stat status;
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
	if (fd >= 0 && (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

const char *account_look_up(const char *text, struct account *account)
{
	struct account_query query;
	if (!account_parse_query(text, &query))
		return "not a user: NAME or UID, then :GID if wanted";
	int fd = open_database("/etc/passwd");
	bool found = account_find(fd, &query, account);
	if (fd >= 0)
		close(fd);
	/* Root is root in a machine without any /etc/passwd, too. */
	if (!found && strcmp(query.name, "root") != 0)
		return "no such user in the machine's /etc/passwd";

	if (query.has_gid)
		return NULL; /* who names a group wants this one alone */
	fd = open_database("/etc/group");
	account_find_groups(fd, account);
	if (fd >= 0)
		close(fd);
	return NULL;
}
