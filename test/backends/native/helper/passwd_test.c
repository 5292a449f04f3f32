#include "passwd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

static int file_of(const void *bytes, size_t length)
{
	int fd = memfd_create("database", MFD_CLOEXEC);
	CHECK(write(fd, bytes, length) == (ssize_t)length && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static bool find_in(const void *bytes, size_t length, const char *asked, struct account *account)
{
	struct account_query query;
	int fd = file_of(bytes, length);
	CHECK(account_parse_query(asked, &query));
	bool found = account_find(fd, &query, account);
	close(fd);
	return found;
}

#define FIND(text, asked, account) find_in(text, sizeof(text) - 1, asked, account)

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
			     "alice:x:1000:100:A,,,:/home/alice:/bin/sh\n"
			     "bob:x:1001:100::/home/bob:";

static void a_user_is_found_by_name(void)
{
	struct account account;
	CHECK(FIND(passwd, "alice", &account));
	CHECK(account.uid == 1000 && account.gid == 100);
	CHECK_TEXT(account.home, "/home/alice");
	CHECK_TEXT(account.shell, "/bin/sh");
}

static void a_user_is_found_by_number(void)
{
	struct account account;
	CHECK(FIND(passwd, "1000", &account));
	CHECK_TEXT(account.name, "alice");
}

static void a_group_given_wins(void)
{
	struct account account;
	CHECK(FIND(passwd, "alice:7", &account) && account.gid == 7);
	CHECK(FIND(passwd, "5:6", &account) && account.uid == 5 && account.gid == 6);
}

static void a_number_that_nobody_has_is_a_user_all_the_same(void)
{
	struct account account;
	CHECK(FIND(passwd, "4242", &account) && account.uid == 4242 && account.gid == 0);
	CHECK_TEXT(account.name, "");
	CHECK_TEXT(account.home, "/");
	CHECK_TEXT(account.shell, "/bin/sh");
}

static void a_name_that_nobody_has_is_not_found(void)
{
	struct account account;
	CHECK(!FIND(passwd, "mallory", &account));
	CHECK(!FIND(passwd, "ali", &account));
	CHECK(!FIND("", "alice", &account));
}

static void a_last_line_without_newline_counts_and_an_empty_shell_is_the_default(void)
{
	struct account account;
	CHECK(FIND(passwd, "bob", &account) && account.uid == 1001);
	CHECK_TEXT(account.shell, "/bin/sh");
}

static void without_a_file_a_number_is_enough(void)
{
	struct account_query query;
	struct account account;
	CHECK(account_parse_query("0", &query) && account_find(-1, &query, &account) && account.uid == 0);
	CHECK(account_parse_query("root", &query) && !account_find(-1, &query, &account));
}

static void malformed_lines_are_passed_over(void)
{
	struct account account;
	CHECK(FIND("alice\nalice:x:1\n::::::\nalice:x:-1:0::/:/a\nalice:x:4294967295:0::/:/b\nalice:x:1x:0::/:/c\n"
		   "alice:x:0x0:0::/:/d\nalice:x:3:4::/h:/e:more\nalice:x:3:4::/h:/f\n",
		   "alice", &account));
	CHECK_TEXT(account.shell, "/f");
}

static void a_relative_home_or_shell_is_not_taken(void)
{
	struct account account;
	CHECK(FIND("alice:x:1:1::../x:sh\n", "alice", &account));
	CHECK_TEXT(account.home, "/");
	CHECK_TEXT(account.shell, "/bin/sh");
}

static void a_line_without_end_is_skipped_and_the_next_is_read(void)
{
	static char text[3 * PASSWD_MAX_LINE + 64];
	struct account account;
	memset(text, 'a', sizeof text);
	strcpy(text + 3 * PASSWD_MAX_LINE, "\nalice:x:1:2::/h:/s\n");
	CHECK(find_in(text, strlen(text), "alice", &account) && account.gid == 2);
}

/* Its rest must not pass for a line of its own: whoever chooses a long field would choose a uid. */
static void the_rest_of_a_long_line_is_no_line(void)
{
	static char text[2 * PASSWD_MAX_LINE];
	struct account account;
	memset(text, 'a', PASSWD_MAX_LINE);
	strcpy(text + PASSWD_MAX_LINE, "alice:x:0:0::/:/s\n");
	CHECK(!find_in(text, strlen(text), "alice", &account));
	strcpy(text + PASSWD_MAX_LINE, "alice:x:0:0::/:/s");
	CHECK(!find_in(text, strlen(text), "alice", &account));
}

static void nul_bytes_do_no_harm(void)
{
	struct account account;
	CHECK(FIND("ali\0ce:x:1:1::/:/a\nalice:x:5:6::/:/b\n", "alice", &account) && account.uid == 5);
}

static void only_so_much_of_an_endless_file_is_read(void)
{
	struct account_query query;
	struct account account;
	int fd = open("/dev/zero", O_RDONLY);
	CHECK(account_parse_query("alice", &query) && !account_find(fd, &query, &account));
	close(fd);
}

static void groups_are_those_that_name_the_user(void)
{
	static const char group[] = "root:x:0:\nadm:x:4:syslog,alice\nusers:x:100:alicex,alic\nbad:x:x:alice\nlast:x:27:alice";
	struct account account;
	int fd = file_of(group, sizeof group - 1);
	CHECK(FIND(passwd, "alice", &account));
	account_find_groups(fd, &account);
	CHECK(account.group_count == 2 && account.groups[0] == 4 && account.groups[1] == 27);
	close(fd);
}

static void groups_are_bounded(void)
{
	struct account account;
	int fd = file_of("", 0);
	for (int index = 0; index < 1000; index++)
		dprintf(fd, "g%d:x:%d:alice\n", index, index);
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && FIND(passwd, "alice", &account));
	account_find_groups(fd, &account);
	CHECK(account.group_count == PASSWD_MAX_GROUPS);
	close(fd);
}

static void a_question_must_be_well_formed(void)
{
	static const char *const bad[] = { "", ":", ":5", "a:", "a:b", "a:1:2", "4294967295", "1:4294967295", "99999999999" };
	struct account_query query;
	char long_name[PASSWD_MAX_NAME + 1];
	for (size_t index = 0; index < sizeof bad / sizeof *bad; index++)
		CHECK(!account_parse_query(bad[index], &query));
	memset(long_name, 'a', PASSWD_MAX_NAME);
	long_name[PASSWD_MAX_NAME] = '\0';
	CHECK(!account_parse_query(long_name, &query));
}

int main(void)
{
	RUN(a_user_is_found_by_name);
	RUN(a_user_is_found_by_number);
	RUN(a_group_given_wins);
	RUN(a_number_that_nobody_has_is_a_user_all_the_same);
	RUN(a_name_that_nobody_has_is_not_found);
	RUN(a_last_line_without_newline_counts_and_an_empty_shell_is_the_default);
	RUN(without_a_file_a_number_is_enough);
	RUN(malformed_lines_are_passed_over);
	RUN(a_relative_home_or_shell_is_not_taken);
	RUN(a_line_without_end_is_skipped_and_the_next_is_read);
	RUN(the_rest_of_a_long_line_is_no_line);
	RUN(nul_bytes_do_no_harm);
	RUN(only_so_much_of_an_endless_file_is_read);
	RUN(groups_are_those_that_name_the_user);
	RUN(groups_are_bounded);
	RUN(a_question_must_be_well_formed);
	return 0;
}
