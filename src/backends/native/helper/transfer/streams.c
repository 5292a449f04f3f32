#include "streams.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parcel.h"
#include "tally.h"
#include "transfer.h"

enum { PIECE_BYTES = 256 * 1024 };

/* The descriptors may be shared with who does not want them to wait, or want them to: both is fine. */
static bool wait_for(int fd, short events)
{
	struct pollfd polled = { .fd = fd, .events = events };

	return errno == EAGAIN && !transfer_stopped && poll(&polled, 1, -1) >= 0;
}

static const char *write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t wrote = write(fd, bytes, length);

		if (transfer_stopped)
			errno = ECANCELED;
		if (wrote < 0 && (errno == EINTR || wait_for(fd, POLLOUT)))
			continue;
		if (wrote < 0 || transfer_stopped)
			return "write";
		bytes += wrote;
		length -= (size_t)wrote;
	}
	return NULL;
}

const char *streams_copy(int from, int to, bool waits)
{
	static char piece[PIECE_BYTES];

	for (;;) {
		ssize_t got = read(from, piece, sizeof piece);
		const char *syscall;

		if (transfer_stopped) {
			errno = ECANCELED;
			return "read";
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && waits && wait_for(from, POLLIN))
			continue;
		if (got < 0)
			return "read";
		if (got == 0)
			return NULL;
		syscall = write_all(to, piece, (size_t)got);
		if (syscall != NULL)
			return syscall;
		tally_bytes((uint64_t)got);
	}
}

static int write_file(const struct parcel *parcel, struct failure *failure)
{
	struct stat status;
	const char *syscall = NULL;

	if (parcel->head.kind != PARCEL_FILE)
		return fail_with(failure, parcel->head.kind == PARCEL_DIRECTORY ? EISDIR : EINVAL, "write", "-");
	if (fstat(parcel->descriptor, &status) < 0 || !S_ISREG(status.st_mode))
		return fail_with(failure, EBADMSG, "recvmsg", "-");
	syscall = streams_copy(parcel->descriptor, TRANSFER_STDOUT, false);
	if (syscall != NULL)
		return fail(failure, syscall, "-");
	tally_files(1);
	return 0;
}

int streams_write(int socket, struct failure *failure)
{
	static struct parcel parcel;
	int received;
	int result = 0;

	while (result == 0 && (received = parcel_receive(socket, &parcel)) > 0) {
		if (parcel.head.kind == PARCEL_END) {
			tally_end();
			return 0;
		}
		if (parcel.head.kind != PARCEL_XATTR)
			result = write_file(&parcel, failure);
		if (parcel.descriptor >= 0)
			close(parcel.descriptor);
	}
	if (result < 0)
		return -1;
	if (received == 0)
		errno = EPIPE;
	return fail(failure, "recvmsg", "-");
}
