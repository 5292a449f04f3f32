#include "command.h"

#include "command_terminal.h"
#include "confine.h"
#include "give_up.h"
#include "message.h"
#include "passwd.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CODE_SETUP = 125, CODE_NOT_EXECUTABLE = 126, CODE_NOT_FOUND = 127, IDENTITY_VARIABLES = 4 };

/* The outside process blocked its signals to read them; what the caller ignored is no matter of the machine's. */
static void reset_signals(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;
	for (int number = 1; number <= SIGRTMAX; number++)
		sigaction(number, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int look_up(const struct entry *entry, struct account *account, struct failure *failure)
{
	if (!account_look_up(entry->user, account))
		return 0;
	return fail_with(failure, ENOENT, "getpwnam", entry->user);
}

static int become_user(const struct account *account, struct failure *failure)
{
	char uid[16], gid[16], numbers[PASSWD_MAX_GROUPS][16];
	char *groups[PASSWD_MAX_GROUPS + 1], *ids[] = { uid, gid, NULL };

	snprintf(uid, sizeof uid, "%u", account->uid);
	snprintf(gid, sizeof gid, "%u", account->gid);
	for (size_t index = 0; index < account->group_count; index++) {
		snprintf(numbers[index], sizeof numbers[index], "%u", account->groups[index]);
		groups[index] = numbers[index];
	}
	groups[account->group_count] = NULL;
	struct record set_groups = { .name = "groups", .count = account->group_count, .arguments = groups };
	struct record set_user = { .name = "user", .count = 2, .arguments = ids };

	if (confine_keep_capabilities(failure) < 0 || confine(&set_groups, failure) < 0 || confine(&set_user, failure) < 0)
		return -1;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a change of ids may have reset it */
	return 0;
}

/*
 * A directory outside our root would be a way to the host's files (CVE-2024-21626): the raw system call then answers with
 * "(unreachable)" before the path.
 */
static int verify_directory(struct failure *failure)
{
	char path[PATH_MAX];
	if (syscall(SYS_getcwd, path, sizeof path) < 0)
		return fail(failure, "getcwd", NULL);
	return path[0] == '/' ? 0 : fail_with(failure, EXDEV, "getcwd", path);
}

static int enter_directory(const struct entry *entry, const struct account *account, struct failure *failure)
{
	if (entry->working_directory) {
		if (chdir(entry->working_directory) < 0)
			return fail(failure, "chdir", entry->working_directory);
	} else if (chdir(account->home) < 0 && chdir("/") < 0) { /* without a home, as login does */
		return fail(failure, "chdir", "/");
	}
	return verify_directory(failure);
}

/*
 * When the outside process dies, the command is told by SIGHUP, as by a terminal that was hung up: it ends, unless it chose to
 * outlive that (nohup). With a terminal the pty's master closes, which says the same.
 */
static int follow_parent(const struct entry *entry, pid_t parent, struct failure *failure)
{
	bool apart = entry->namespaces & CLONE_NEWPID; /* a parent outside the pid namespace has the pid 0 in it */
	if (prctl(PR_SET_PDEATHSIG, SIGHUP, 0, 0, 0) < 0)
		return fail(failure, "prctl", "PR_SET_PDEATHSIG");
	if (getppid() != (apart ? 0 : parent))
		raise(SIGHUP); /* it died before we could ask */
	return 0;
}

static int apply_confinement(const struct entry *entry, struct failure *failure)
{
	static const char *const names[] = { "capabilities", "apparmor", "no-new-privileges", "seccomp" };
	for (size_t name = 0; name < sizeof names / sizeof *names; name++) {
		const struct record *record = records_find(entry->records, names[name]);
		if (record && confine(record, failure) < 0)
			return -1;
	}
	return 0;
}

static bool is_given(char *const *environment, const char *key)
{
	size_t length = strlen(key);
	for (; *environment; environment++)
		if (strncmp(*environment, key, length) == 0 && (*environment)[length] == '=')
			return true;
	return false;
}

/* Exactly what was asked for, and who the user is. Nothing of the caller's own comes along. */
static char **make_environment(const struct entry *entry, const struct account *account)
{
	static char variables[IDENTITY_VARIABLES][PATH_MAX + 16];
	const char *keys[IDENTITY_VARIABLES] = { "HOME", "USER", "LOGNAME", "SHELL" };
	const char *name = account->name[0] || account->uid != 0 ? account->name : "root";
	const char *values[IDENTITY_VARIABLES] = { account->home, name, name, account->shell };
	char **environment = calloc(entry->environment_count + IDENTITY_VARIABLES + 1, sizeof *environment);
	size_t count = 0;

	for (size_t index = 0; environment && index < entry->records->count; index++)
		if (strcmp(entry->records->items[index].name, "environment") == 0)
			environment[count++] = entry->records->items[index].arguments[0];
	for (size_t index = 0; environment && index < IDENTITY_VARIABLES; index++) {
		if (values[index][0] == '\0' || is_given(environment, keys[index]))
			continue;
		snprintf(variables[index], sizeof variables[index], "%s=%s", keys[index], values[index]);
		environment[count++] = variables[index];
	}
	return environment;
}

static void run_login_shell(const struct account *account)
{
	static char name[PATH_MAX + 1];
	const char *base = strrchr(account->shell, '/');
	snprintf(name, sizeof name, "-%s", base ? base + 1 : account->shell);
	execve(account->shell, (char *[]){ name, NULL }, environ);
}

/* Only on failure does it return. */
static void execute(const struct entry *entry, const struct account *account, struct failure *failure)
{
	if (entry->argv)
		execvp(entry->argv[0], entry->argv); /* searches the PATH of `environ`, which is the command's own now */
	else
		run_login_shell(account);
	fail(failure, "execve", entry->argv ? entry->argv[0] : account->shell);
}

static int prepare(const struct entry *entry, struct account *account, pid_t parent, int link, struct failure *failure)
{
	reset_signals();
	umask(022);
	/* Out of the caller's session: with it comes its terminal, into which TIOCSTI could type. */
	setsid();
	if (look_up(entry, account, failure) < 0)
		return -1;
	if (entry->terminal && command_open_terminal(entry, account->uid, link, failure) < 0)
		return -1;
	if (become_user(account, failure) < 0 || enter_directory(entry, account, failure) < 0 ||
	    follow_parent(entry, parent, failure) < 0)
		return -1;
	environ = make_environment(entry, account);
	if (!environ)
		return fail_with(failure, ENOMEM, "calloc", NULL);
	/* No descriptor of ours may reach the machine's programs; the link must last until exec. */
	if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return fail(failure, "close_range", NULL);
	return apply_confinement(entry, failure);
}

void command_run(const struct entry *entry, int link)
{
	static struct account account;
	struct failure failure = { 0 };
	struct message executing = { .kind = MESSAGE_EXEC };
	pid_t parent = getppid();

	if (prepare(entry, &account, parent, link, &failure) < 0)
		give_up(link, CODE_SETUP, &failure);
	if (message_send(link, &executing, -1) < 0)
		_exit(CODE_SETUP);
	execute(entry, &account, &failure);
	give_up(link, failure.number == ENOENT ? CODE_NOT_FOUND : CODE_NOT_EXECUTABLE, &failure);
}
