#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "mutation.h"
#include "parcel.h"
#include "records_text.h"

/* What is said about these records. */
static const char *parse(const char *text)
{
	struct records records;
	struct transfer transfer;
	const char *reason;

	records_of(text, &records);
	reason = transfer_parse(&records, &transfer);
	records_free(&records);
	return reason;
}

static void a_request_names_one_place_and_both_ends(void)
{
	CHECK_TEXT(parse("direction push;init 5 6;sources /a /b;target /c;owner 0 0;ids 65536;choice into"), NULL);
	CHECK_TEXT(parse("direction pull;overlay /d /l;sources /a;target -;owner keep"), NULL);
	CHECK_TEXT(parse("direction push;tree /t;sources -;target /c;owner 0 0"), NULL);
	CHECK_TEXT(parse("direction push;tree /t;shift 65536 65536;sources /a;target /c;owner 0 0"), NULL);
	CHECK_TEXT(parse("direction push;init 5 6;shift 65536 65536;sources /a;target /c;owner 0 0"), "shift goes with tree");
	CHECK_TEXT(parse("direction push;sources /a;target /c;owner 0 0"), "transfer wants one of init, overlay and tree");
	CHECK_TEXT(parse("direction push;init 5 6;tree /t;sources /a;target /c;owner 0 0"), "transfer wants one of init, overlay and tree");
	CHECK_TEXT(parse("direction push;init 5 6;sources /a;target /c"), "transfer wants direction, sources, target and owner");
}

static void what_is_no_request_is_refused(void)
{
	CHECK_TEXT(parse("direction both"), "direction wants push or pull");
	CHECK_TEXT(parse("init 0 6"), "init wants PID START");
	CHECK_TEXT(parse("init 5 -6"), "init wants PID START");
	CHECK_TEXT(parse("overlay /d"), "overlay wants DIR LAYER..., 500 at most");
	CHECK_TEXT(parse("overlay /d l"), "a layer's path is absolute");
	CHECK_TEXT(parse("tree t"), "tree wants an absolute PATH");
	CHECK_TEXT(parse("shift 65536"), "shift wants BASE COUNT");
	CHECK_TEXT(parse("shift 0 0"), "shift wants BASE COUNT");
	CHECK_TEXT(parse("shift 4294967294 1"), "shift wants BASE COUNT");
	CHECK_TEXT(parse("sources /a b"), "a source is absolute, or - alone");
	CHECK_TEXT(parse("sources - /a"), "a source is absolute, or - alone");
	CHECK_TEXT(parse("target c"), "target wants an absolute PATH, or -");
	CHECK_TEXT(parse("owner 4294967295 0"), "owner wants UID GID, or keep");
	CHECK_TEXT(parse("choice follow"), "no such choice");
	CHECK_TEXT(parse("other"), "no such record");
	CHECK_TEXT(parse("direction pull;init 5 6;sources -;target /c;owner 0 0"), "what a machine has is no stream");
	CHECK_TEXT(parse("direction push;init 5 6;sources /a;target -;owner 0 0"), "one file goes to a stream, out of a machine");
}

static void only_attributes_that_mean_the_same_go_along(void)
{
	const struct transfer plain = { 0 }, all = { .set_id = true, .keep_owners = true };

	CHECK(transfer_carries(&plain, "user.mine", 3));
	CHECK(!transfer_carries(&all, "user.overlay.opaque", 1));
	CHECK(!transfer_carries(&all, "trusted.overlay.opaque", 1));
	CHECK(!transfer_carries(&all, "security.selinux", 1));
	CHECK(!transfer_carries(&plain, "security.capability", 20) && transfer_carries(&all, "security.capability", 20));
	CHECK(!transfer_carries(&all, "security.capability", 24));
	CHECK(!transfer_carries(&plain, "system.posix_acl_access", 28) && transfer_carries(&all, "system.posix_acl_default", 28));
}

/* A folder with out/, where a pull goes, beside which nothing may appear. */
static char folder[] = "/tmp/transfer-test-XXXXXX";
static char target[64];

static void make_folder(void)
{
	char outside[64];

	strcpy(folder, "/tmp/transfer-test-XXXXXX");
	CHECK(mkdtemp(folder) != NULL);
	snprintf(target, sizeof target, "%s/out", folder);
	CHECK(mkdir(target, 0755) == 0);
	snprintf(outside, sizeof outside, "%s/outside", folder);
	CHECK(mkdir(outside, 0755) == 0);
}

static void remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	CHECK(system(command) == 0);
}

/* How many entries, `find` says, are not below out/: two at first, and out/ itself. */
static int entries_outside(void)
{
	char command[160], text[32] = "";
	FILE *find;

	snprintf(command, sizeof command, "find '%s' -mindepth 1 -not -path '%s/*' | wc -l", folder, target);
	find = popen(command, "r");
	CHECK(find != NULL && fgets(text, sizeof text, find) != NULL);
	pclose(find);
	return atoi(text);
}

struct packet {
	enum parcel_kind kind;
	const char *name, *value;
	const char *file; /* sent along, opened for reading */
};

static void deliver(int socket, const struct packet *packet)
{
	struct parcel_head head = { .kind = packet->kind, .mode = 0644, .links = 1 };
	int fd = packet->file == NULL ? -1 : open(packet->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	(void)parcel_send(socket, &head, packet->name, packet->value, packet->value == NULL ? 0 : strlen(packet->value), fd);
	if (fd >= 0)
		close(fd);
}

/* errno of a pull that gets these packets, or 0. */
static int pull(const struct packet *packets, size_t count)
{
	char *sources[] = { "/x", NULL };
	const struct transfer transfer = { .sources = sources, .source_count = 1, .target = target, .into = true };
	struct failure failure = { 0 };
	int ends[2], result;

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
	for (size_t i = 0; i < count; i++)
		deliver(ends[0], &packets[i]);
	close(ends[0]);
	result = transfer_write(&transfer, false, ends[1], &failure);
	close(ends[1]);
	return result == 0 ? 0 : failure.number;
}

#define PULL(...) pull((const struct packet[]){ __VA_ARGS__ }, sizeof((const struct packet[]){ __VA_ARGS__ }) / sizeof(struct packet))

static void a_tree_arrives(void)
{
	struct stat status;
	char path[96];

	make_folder();
	CHECK(PULL({ PARCEL_DIRECTORY, "d", NULL, NULL }, { PARCEL_FILE, "f", NULL, "/proc/self/exe" }, { PARCEL_XATTR, "user.a", "b", NULL },
		   { PARCEL_SYMLINK, "l", "/etc", NULL }, { PARCEL_LEAVE, NULL, NULL, NULL }, { PARCEL_END, NULL, NULL, NULL }) == 0);
	snprintf(path, sizeof path, "%s/d/f", target);
	CHECK(stat(path, &status) == 0 && status.st_size > 0 && (status.st_mode & 07777) == 0644);
	remove_folder();
}

static void names_and_files_that_nobody_has_are_refused(void)
{
	static const struct packet wrong[] = {
		{ PARCEL_FILE, "..", NULL, "/proc/self/exe" }, { PARCEL_FILE, "../outside/f", NULL, "/proc/self/exe" },
		{ PARCEL_FILE, "/tmp/f", NULL, "/proc/self/exe" }, { PARCEL_FILE, "", NULL, "/proc/self/exe" },
		{ PARCEL_FILE, ".", NULL, "/proc/self/exe" }, { PARCEL_FILE, "f", NULL, NULL },
		{ PARCEL_FILE, "f", NULL, "/dev/zero" }, { PARCEL_FILE, "f", NULL, "/tmp" },
		{ PARCEL_STREAM, "f", NULL, "/dev/zero" }, { PARCEL_DIRECTORY, "..", NULL, NULL },
		{ PARCEL_DIRECTORY, "d", NULL, "/tmp" }, { PARCEL_SYMLINK, "l", NULL, NULL },
		{ PARCEL_SYMLINK, ".", "/etc", NULL }, { PARCEL_LEAVE, NULL, NULL, NULL },
		{ (enum parcel_kind)'z', "f", NULL, NULL },
	};

	make_folder();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct packet packets[] = { wrong[i], { PARCEL_END, NULL, NULL, NULL } };

		CHECK(pull(packets, 2) == EBADMSG);
		CHECK(entries_outside() == 2);
	}
	CHECK(rmdir(target) == 0); /* nothing is left of them */
	remove_folder();
}

static void a_link_that_came_is_no_directory(void)
{
	char outside[64];

	make_folder();
	snprintf(outside, sizeof outside, "%s/outside", folder);
	CHECK(PULL({ PARCEL_SYMLINK, "d", outside, NULL }, { PARCEL_DIRECTORY, "d", NULL, NULL }, { PARCEL_FILE, "f", NULL, "/proc/self/exe" },
		   { PARCEL_LEAVE, NULL, NULL, NULL }, { PARCEL_END, NULL, NULL, NULL }) == ENOTDIR);
	CHECK(PULL({ PARCEL_SYMLINK, "f", outside, NULL }, { PARCEL_FILE, "f", NULL, "/proc/self/exe" }, { PARCEL_END, NULL, NULL, NULL }) == 0);
	CHECK(entries_outside() == 2);
	remove_folder();
}

static void what_is_not_whole_goes_when_the_other_side_is_gone(void)
{
	make_folder();
	CHECK(PULL({ PARCEL_FILE, "f", NULL, "/proc/self/exe" }) == EPIPE);
	CHECK(PULL({ PARCEL_SYMLINK, "l", "/etc", NULL }) == EPIPE);
	CHECK(rmdir(target) == 0);
	remove_folder();
}

/* Bytes of packets that are nearly right: what passes has nothing in its names that leads anywhere. */
static void mutated_packets_are_taken_or_refused(void)
{
	static struct parcel parcel;
	static const char kinds[] = "dlfskxe";
	char body[64];
	size_t passed = 0;

	for (int round = 0; round < 200000; round++) {
		struct parcel_head head = { .kind = (uint32_t)kinds[next_random() % 7], .mode = 0644, .name_length = 4, .value_length = 5 };
		size_t length = 9;

		for (size_t i = 0; i < sizeof body; i++)
			body[i] = "ab./\0x\xff" "c"[next_random() % 8];
		if (next_random() % 2 == 0)
			head.name_length = (uint32_t)(next_random() % 70);
		if (next_random() % 2 == 0)
			head.value_length = next_random() % 3 == 0 ? (uint32_t)next_random() : 0;
		if (next_random() % 4 == 0)
			((unsigned char *)&head)[next_random() % sizeof head] ^= (unsigned char)(1U << (next_random() % 8));
		if (next_random() % 2 == 0)
			length = next_random() % 65;
		else if ((uint64_t)head.name_length + head.value_length <= sizeof body)
			length = head.name_length + head.value_length;
		if (!parcel_take(&head, body, length, next_random() % 2 == 0, &parcel))
			continue;
		passed++;
		CHECK(strlen(parcel.name) == head.name_length);
		if (head.kind != PARCEL_XATTR)
			CHECK(strchr(parcel.name, '/') == NULL && strcmp(parcel.name, "..") != 0);
	}
	CHECK(passed > 1000);
}

int main(void)
{
	/* What is told on the way is for nobody here. */
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	CHECK(null >= 0 && dup2(null, TRANSFER_TALLY) == TRANSFER_TALLY);
	RUN(a_request_names_one_place_and_both_ends);
	RUN(what_is_no_request_is_refused);
	RUN(only_attributes_that_mean_the_same_go_along);
	RUN(a_tree_arrives);
	RUN(names_and_files_that_nobody_has_are_refused);
	RUN(a_link_that_came_is_no_directory);
	RUN(what_is_not_whole_goes_when_the_other_side_is_gone);
	RUN(mutated_packets_are_taken_or_refused);
	return 0;
}
