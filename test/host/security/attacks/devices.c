/* Makes the node of a device and opens it. Usage: devices LABEL b|c MAJOR MINOR ... ; or: devices open PATH... */
#define _GNU_SOURCE
#include "outcome.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void try_open(const char *path)
{
	char label[256];
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	snprintf(label, sizeof(label), "open-%s", path);
	outcome(label, fd);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "open") == 0) {
		for (int i = 2; i < argc; i++)
			try_open(argv[i]);
		return 0;
	}
	for (int i = 1; i + 3 < argc; i += 4) {
		mode_t kind = argv[i + 1][0] == 'b' ? S_IFBLK : S_IFCHR;
		char path[128];

		snprintf(path, sizeof(path), "/%s", argv[i]);
		outcome(argv[i], mknod(path, kind | 0600, makedev(atoi(argv[i + 2]), atoi(argv[i + 3]))));
		if (access(path, F_OK) == 0)
			try_open(path);
		unlink(path);
	}
	return 0;
}
