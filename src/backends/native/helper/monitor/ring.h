/*
 * The console's ring log (docs/launch-plan.md): the last `capacity` bytes of a stream, in a file that outlives the machine.
 * It is also the only buffer between the pty and the clients: each client is just a position in it.
 */
#ifndef TSMACHINE_RING_H
#define TSMACHINE_RING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	RING_HEADER_BYTES = 64,
	RING_MIN_CAPACITY = 4096,
};

#define RING_MAX_CAPACITY ((uint64_t)1 << 32)

struct ring {
	int fd;
	uint64_t capacity;
	uint64_t total; /* bytes ever written; the next byte's offset in the stream */
};

/*
 * Continues a log of this capacity, or starts afresh one that is missing, of another capacity or damaged. All its space is
 * reserved at once. If `path` is NULL, or the disk cannot hold it, the ring lives in memory: the console must work on a full disk.
 * 0, or -1 with errno.
 */
int ring_open(struct ring *ring, const char *path, uint64_t capacity);
void ring_close(struct ring *ring);

/* Offset of the oldest byte that is still there. */
uint64_t ring_oldest(const struct ring *ring);

/* At most `capacity` bytes. What the file does not take is dropped as if it had never been said. */
void ring_append(struct ring *ring, const uint8_t *bytes, size_t length);

/* How many of the bytes from `offset` on can be read at once: up to the newest, the file's end, or `limit`. */
size_t ring_contiguous(const struct ring *ring, uint64_t offset, size_t limit);

/* Reads exactly `length` bytes that ring_contiguous() promised. 0, or -1 with errno. */
int ring_read(const struct ring *ring, uint64_t offset, uint8_t *bytes, size_t length);

#endif
