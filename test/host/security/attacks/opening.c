/* Opens files for reading (r) or writing (w), writes nothing. Usage: opening r|w PATH [r|w PATH]... */
#define _GNU_SOURCE
#include "outcome.h"

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		int writing = argv[i][0] == 'w';
		int fd = open(argv[i + 1], (writing ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_NOCTTY);
		char byte;

		/* A masked file opens and is empty: that is no success. */
		if (fd >= 0 && !writing && read(fd, &byte, 1) < 1) {
			if (errno == 0)
				errno = ENODATA;
			outcome(argv[i + 1], -1);
		} else {
			outcome(argv[i + 1], fd);
		}
		errno = 0;
		close(fd);
		errno = 0;
	}
	return 0;
}
