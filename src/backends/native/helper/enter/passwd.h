/*
 * Users as the machine's /etc/passwd and /etc/group know them. The files are the machine's: they may be links, pipes, endless or
 * nonsense, so this is our own parser with a bound on everything, and none of libc's NSS (which would load the machine's libraries).
 */
#ifndef TSMACHINE_PASSWD_H
#define TSMACHINE_PASSWD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	PASSWD_MAX_LINE = 4096, /* longer lines are not read */
	PASSWD_MAX_BYTES = 16 * 1024 * 1024, /* what lies behind is not read */
	PASSWD_MAX_NAME = 256,
	PASSWD_MAX_GROUPS = 256, /* more memberships are not given */
};

struct account {
	uid_t uid;
	gid_t gid;
	char name[PASSWD_MAX_NAME]; /* empty: a number that /etc/passwd does not know */
	char home[PATH_MAX];
	char shell[PATH_MAX];
	gid_t groups[PASSWD_MAX_GROUPS];
	size_t group_count;
};

/* What was asked for: NAME|UID[:GID]. */
struct account_query {
	char name[PASSWD_MAX_NAME]; /* empty: by number */
	uid_t uid;
	bool has_gid;
	gid_t gid;
};

/* False: malformed. */
bool account_parse_query(const char *text, struct account_query *query);

/* Looks in an open /etc/passwd (-1: there is none) and fills everything but groups. False: no such name. Numbers are always found. */
bool account_find(int passwd_fd, const struct account_query *query, struct account *account);

/* Adds the groups that an open /etc/group (-1: none) names this account a member of. */
void account_find_groups(int group_fd, struct account *account);

/* All of it, in the calling process's root. NULL, or what is wrong. */
const char *account_look_up(const char *text, struct account *account);

#endif
