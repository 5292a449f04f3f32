#include "chain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int grow(struct chain *chain)
{
	size_t room = chain->room == 0 ? 64 : chain->room * 2;
	struct chain_link *larger = realloc(chain->links, room * sizeof *larger);

	if (larger == NULL)
		return -1;
	chain->links = larger;
	chain->room = room;
	return 0;
}

static int close_link(struct chain_link *link)
{
	struct stat status;

	/* Closed before, on the way to another one as deep. */
	if (link->fd < 0)
		return 0;
	if (fstat(link->fd, &status) < 0)
		return -1;
	close(link->fd);
	*link = (struct chain_link){ -1, status.st_dev, status.st_ino };
	return 0;
}

int chain_enter(struct chain *chain, int fd)
{
	size_t most = chain->most == 0 ? CHAIN_OPEN : chain->most;

	if ((chain->depth == chain->room && grow(chain) < 0) ||
	    (chain->depth >= most && close_link(&chain->links[chain->depth - most]) < 0)) {
		close(fd);
		return -1;
	}
	chain->links[chain->depth++] = (struct chain_link){ .fd = fd };
	return 0;
}

static int reopen(struct chain_link *link, int child)
{
	struct stat status;
	int fd = openat(child, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) < 0 || status.st_dev != link->device || status.st_ino != link->inode) {
		close(fd);
		errno = ESTALE;
		return -1;
	}
	link->fd = fd;
	return 0;
}

int chain_leave(struct chain *chain)
{
	int left = chain_innermost(chain);
	int result = 0;
	int number;

	chain->depth--;
	if (chain->depth > 0 && chain_innermost(chain) < 0)
		result = reopen(&chain->links[chain->depth - 1], left);
	number = errno;
	close(left);
	errno = number;
	return result;
}

int chain_innermost(const struct chain *chain)
{
	return chain->links[chain->depth - 1].fd;
}

void chain_free(struct chain *chain)
{
	while (chain->depth-- > 0) {
		if (chain->links[chain->depth].fd >= 0)
			close(chain->links[chain->depth].fd);
	}
	free(chain->links);
	*chain = (struct chain){ 0 };
}
