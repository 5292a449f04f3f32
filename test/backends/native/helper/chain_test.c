#include "chain.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "remove.h"

enum { DEEP = CHAIN_OPEN + 100 };

static struct chain chain;

static int open_below(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

static void enter_all(void)
{
	CHECK(chain_enter(&chain, open_below(AT_FDCWD, ".")) == 0);
	for (int i = 1; i < DEEP; i++) {
		CHECK(mkdirat(chain_innermost(&chain), "d", 0755) == 0 || errno == EEXIST);
		CHECK(chain_enter(&chain, open_below(chain_innermost(&chain), "d")) == 0);
	}
}

static ino_t inode_of(int fd)
{
	struct stat status;

	CHECK(fstat(fd, &status) == 0);
	return status.st_ino;
}

static void the_way_back_is_the_way_there(void)
{
	ino_t inodes[DEEP];

	enter_all();
	while (chain.depth > 0)
		CHECK(chain_leave(&chain) == 0);
	CHECK(chain_enter(&chain, open_below(AT_FDCWD, ".")) == 0);
	for (int i = 0; i < DEEP - 1; i++) {
		inodes[i] = inode_of(chain_innermost(&chain));
		CHECK(chain_enter(&chain, open_below(chain_innermost(&chain), "d")) == 0);
	}
	for (int i = DEEP - 2; i >= 0; i--) {
		CHECK(chain_leave(&chain) == 0);
		CHECK(inode_of(chain_innermost(&chain)) == inodes[i]);
	}
	chain_free(&chain);
}

static void few_directories_are_open(void)
{
	size_t open = 0;

	enter_all();
	for (size_t i = 0; i < chain.depth; i++)
		open += chain.links[i].fd >= 0;
	CHECK(open == CHAIN_OPEN);
	chain_free(&chain);
}

/* On the way back some are closed still, when it goes down again beside. */
static void two_directories_as_deep_as_each_other_are_both_entered(void)
{
	enter_all();
	for (int i = 0; i < 10; i++)
		CHECK(chain_leave(&chain) == 0);
	for (int i = 0; i < 10; i++) {
		CHECK(mkdirat(chain_innermost(&chain), "e", 0755) == 0);
		CHECK(chain_enter(&chain, open_below(chain_innermost(&chain), "e")) == 0);
	}
	while (chain.depth > 0)
		CHECK(chain_leave(&chain) == 0);
	chain_free(&chain);
}

static void as_few_are_open_as_is_asked_for(void)
{
	size_t open = 0;

	chain.most = 2;
	enter_all();
	for (size_t i = 0; i < chain.depth; i++)
		open += chain.links[i].fd >= 0;
	CHECK(open == 2);
	while (chain.depth > 0)
		CHECK(chain_leave(&chain) == 0);
	chain_free(&chain);
}

static void a_directory_that_was_moved_is_not_taken_for_another(void)
{
	int result = 0;

	enter_all();
	CHECK(mkdir("other", 0755) == 0 && rename("d/d/d", "other/d") == 0);
	while (chain.depth > 1 && result == 0)
		result = chain_leave(&chain);
	CHECK(result < 0 && errno == ESTALE);
	chain_free(&chain);
}

int main(void)
{
	char place[] = "/tmp/chain-test-XXXXXX";

	CHECK(mkdtemp(place) != NULL && chdir(place) == 0);
	RUN(the_way_back_is_the_way_there);
	RUN(few_directories_are_open);
	RUN(two_directories_as_deep_as_each_other_are_both_entered);
	RUN(as_few_are_open_as_is_asked_for);
	RUN(a_directory_that_was_moved_is_not_taken_for_another);
	CHECK(chdir("/") == 0);
	return remove_tree(AT_FDCWD, place, &(struct changes){ 0 }, &(struct failure){ 0 });
}
