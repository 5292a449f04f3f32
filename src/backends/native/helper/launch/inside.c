#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apparmor.h"
#include "confine.h"
#include "furnish.h"
#include "message.h"
#include "mounts.h"

/* What is left of the socket's number before exec: the first after stdio. */
enum { LAST_SOCKET = 3 };

/* The monitor's death is ours. Set again when credentials have changed, which clears it (prctl(2)). */
static int die_with_monitor(int socket, struct failure *failure)
{
	struct pollfd monitor = { .fd = socket };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return fail(failure, "prctl", "PR_SET_PDEATHSIG");
	/* It may have died before; getppid() says 0 here in any case, but its end of the socket is closed then. */
	if (poll(&monitor, 1, 0) < 0)
		return fail(failure, "poll", NULL);
	if ((monitor.revents & POLLHUP) != 0)
		_exit(125);
	return 0;
}

static void wait_for_monitor(int socket)
{
	struct message message;
	int descriptor;

	if (message_receive(socket, &message, &descriptor) != 1 || message.kind != MESSAGE_GO)
		_exit(125);
}

/* From the host's nobody to the machine's root. */
static int become_root(const struct plan *plan, struct failure *failure)
{
	if (!plan_has_namespace(plan, "user"))
		return 0;
	if (setgroups(0, NULL) < 0)
		return fail(failure, "setgroups", NULL);
	if (setresgid(0, 0, 0) < 0)
		return fail(failure, "setresgid", "0");
	return setresuid(0, 0, 0) < 0 ? fail(failure, "setresuid", "0") : 0;
}

/*
 * Here, not in clone3(2): the cgroup namespace's root is the cgroup that we are in by now, and the copy of the mounts locks what the
 * host attached for us.
 */
static int unshare_late(const struct plan *plan, struct failure *failure)
{
	if (plan_has_namespace(plan, "cgroup") && unshare(CLONE_NEWCGROUP) < 0)
		return fail(failure, "unshare", "cgroup");
	if (unshare(CLONE_NEWNS) < 0)
		return fail(failure, "unshare", "mount");
	return mounts_propagate(MOUNTS_PRIVATE, failure);
}

/* What is inherited from whoever started us is not the machine's. */
static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int prepare(const struct plan *plan, struct room *room, struct failure *failure)
{
	if (die_with_monitor(room->socket, failure) < 0)
		return -1;
	wait_for_monitor(room->socket);
	reset_signals();
	umask(0); /* modes are the plan's */
	if (become_root(plan, failure) < 0 || die_with_monitor(room->socket, failure) < 0)
		return -1;
	if (setsid() < 0)
		return fail(failure, "setsid", NULL);
	if (plan_find(plan, SECTION_INSIDE, "apparmor") != NULL && apparmor_hold_proc(failure) < 0)
		return -1;
	if (unshare_late(plan, failure) < 0)
		return -1;
	room->staging = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return room->staging < 0 ? fail(failure, "open", ".") : 0;
}

/* "/" is the machine's root, and the working directory is in it: CVE-2024-21626 was a directory of the host that stayed behind. */
static int check_pivoted(int root, struct failure *failure)
{
	struct stat here, expected;
	char directory[8];

	if (stat("/", &here) < 0 || fstat(root, &expected) < 0)
		return fail(failure, "stat", "/");
	if (here.st_dev != expected.st_dev || here.st_ino != expected.st_ino)
		return fail_with(failure, EXDEV, "pivot_root", "/");
	if (getcwd(directory, sizeof directory) == NULL || strcmp(directory, "/") != 0)
		return fail_with(failure, EXDEV, "getcwd", "/");
	return 0;
}

static int pivot(struct room *room, struct failure *failure)
{
	if (mounts_pivot(room->root, failure) < 0 || check_pivoted(room->root, failure) < 0)
		return -1;
	close(room->root);
	close(room->staging);
	return 0;
}

static int propagate(const char *word, struct failure *failure)
{
	enum mount_propagation propagation = strcmp(word, "shared") == 0  ? MOUNTS_SHARED :
					     strcmp(word, "private") == 0 ? MOUNTS_PRIVATE :
									    MOUNTS_SLAVE;

	return mounts_propagate(propagation, failure);
}

static int raise_loopback(struct failure *failure)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result = -1;

	if (fd < 0)
		return fail(failure, "socket", "lo");
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0) {
		fail(failure, "ioctl", "lo");
	} else {
		request.ifr_flags |= IFF_UP;
		result = ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? fail(failure, "ioctl", "lo") : 0;
	}
	close(fd);
	return result;
}

static int change_directory(const char *path, struct failure *failure)
{
	char directory[4096];

	if (chdir(path) < 0)
		return fail(failure, "chdir", path);
	/* The kernel says "(unreachable)" of a directory outside the root. */
	if (getcwd(directory, sizeof directory) == NULL || directory[0] != '/')
		return fail_with(failure, EXDEV, "getcwd", path);
	return 0;
}

/* Stdio is the console, or nothing. Nothing else stays open: an inherited descriptor is a door to the host. */
static int leave_descriptors(struct room *room, struct failure *failure)
{
	int stdio = room->console >= 0 ? room->console : open("/dev/null", O_RDWR | O_CLOEXEC);

	if (stdio < 0)
		return fail(failure, "open", "/dev/null");
	for (int fd = 0; fd < LAST_SOCKET; fd++) {
		if (dup2(stdio, fd) < 0)
			return fail(failure, "dup2", NULL);
	}
	if (room->socket != LAST_SOCKET && dup3(room->socket, LAST_SOCKET, O_CLOEXEC) < 0)
		return fail(failure, "dup3", NULL);
	room->socket = LAST_SOCKET;
	if (close_range(LAST_SOCKET + 1, ~0U, 0) < 0)
		return fail(failure, "close_range", NULL);
	return 0;
}

/* The environment records come right before exec; their strings serve as they are. */
static int become_init(struct room *room, const struct operations *inside, size_t index, struct failure *failure)
{
	static char *environment[RECORDS_MAX_COUNT + 1];
	const struct record *exec = &inside->items[index];
	struct message message = { .kind = MESSAGE_EXEC, .index = index };
	size_t count = 0;

	for (size_t i = 0; i < index; i++) {
		if (is_operation(&inside->items[i], "environment"))
			environment[count++] = inside->items[i].arguments[0];
	}
	if (message_send(room->socket, &message, -1) < 0)
		return fail(failure, "sendmsg", NULL);
	execve(exec->arguments[0], exec->arguments + 1, environment);
	return fail(failure, "execve", exec->arguments[0]);
}

static int leave_root(const struct record *operation, struct failure *failure)
{
	return confine_keep_capabilities(failure) < 0 ? -1 : confine(operation, failure);
}

static int run(struct room *room, const struct operations *inside, size_t index, struct failure *failure)
{
	const struct record *operation = &inside->items[index];
	const char *argument = operation->count > 0 ? operation->arguments[0] : NULL;
	int done = furnish(room, operation, failure);

	if (done != 0)
		return done < 0 ? -1 : 0;
	if (is_operation(operation, "pivot-root"))
		return pivot(room, failure);
	if (is_operation(operation, "propagation"))
		return propagate(argument, failure);
	if (is_operation(operation, "hostname"))
		return sethostname(argument, strlen(argument)) < 0 ? fail(failure, "sethostname", argument) : 0;
	if (is_operation(operation, "loopback"))
		return raise_loopback(failure);
	if (is_operation(operation, "working-directory"))
		return change_directory(argument, failure);
	if (is_operation(operation, "user"))
		return leave_root(operation, failure);
	if (is_operation(operation, "environment"))
		return 0;
	if (is_operation(operation, "exec"))
		return become_init(room, inside, index, failure);
	return confine(operation, failure);
}

/* What must be true before a seccomp filter may forbid us to see to it. */
static int settle(struct room *room, struct failure *failure)
{
	return leave_descriptors(room, failure) < 0 ? -1 : die_with_monitor(room->socket, failure);
}

static bool confines_finally(const struct record *operation)
{
	return is_operation(operation, "seccomp") || is_operation(operation, "environment") || is_operation(operation, "exec");
}

_Noreturn void inside_main(const struct plan *plan, int socket)
{
	const struct operations *inside = &plan->sections[SECTION_INSIDE];
	struct room room = { .staging = -1, .root = -1, .console = -1, .socket = socket };
	struct message message = { .kind = MESSAGE_FAILED };
	bool settled = false;
	int result = prepare(plan, &room, &message.failure);

	while (result == 0 && message.index < inside->count) {
		if (!settled && confines_finally(&inside->items[message.index])) {
			settled = true;
			result = settle(&room, &message.failure);
		}
		if (result == 0)
			result = run(&room, inside, message.index, &message.failure);
		message.index += result == 0;
	}
	(void)message_send(room.socket, &message, -1);
	_exit(125);
}
