#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

enum { CAPACITY = RING_MIN_CAPACITY };

static char path[] = "/tmp/tsmachine-ring-XXXXXX";

static struct ring fresh(void)
{
	struct ring ring;
	unlink(path);
	CHECK(ring_open(&ring, path, CAPACITY) == 0);
	return ring;
}

/* Byte n of the test's stream. */
static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 7 + offset / 251);
}

static void append(struct ring *ring, size_t length)
{
	uint8_t bytes[CAPACITY];
	for (size_t index = 0; index < length; index++)
		bytes[index] = byte_at(ring->total + index);
	ring_append(ring, bytes, length);
}

/* Reads all from `offset` on, as a client does; the number of bytes, each of which was checked. */
static uint64_t read_on(const struct ring *ring, uint64_t offset, size_t limit)
{
	uint64_t begin = offset;
	uint8_t bytes[CAPACITY];
	for (size_t length; (length = ring_contiguous(ring, offset, limit)) > 0; offset += length) {
		CHECK(ring_read(ring, offset, bytes, length) == 0);
		for (size_t index = 0; index < length; index++)
			CHECK(bytes[index] == byte_at(offset + index));
	}
	return offset - begin;
}

static void a_new_ring_is_empty(void)
{
	struct ring ring = fresh();
	CHECK(ring.total == 0 && ring_oldest(&ring) == 0);
	CHECK(ring_contiguous(&ring, 0, 100) == 0);
	ring_close(&ring);
}

static void what_is_appended_is_read_back_across_the_end_of_the_file(void)
{
	struct ring ring = fresh();
	for (int turn = 0; turn < 40; turn++) {
		append(&ring, 1000);
		CHECK(read_on(&ring, ring_oldest(&ring), 300) == (ring.total < CAPACITY ? ring.total : CAPACITY));
	}
	CHECK(ring_oldest(&ring) == 40000 - CAPACITY);
	ring_close(&ring);
}

static void a_piece_as_long_as_the_ring_replaces_all_of_it(void)
{
	struct ring ring = fresh();
	append(&ring, 100);
	append(&ring, CAPACITY);
	CHECK(ring_oldest(&ring) == 100);
	CHECK(read_on(&ring, 100, CAPACITY) == CAPACITY);
	ring_close(&ring);
}

static void a_ring_of_the_same_capacity_is_continued(void)
{
	struct ring ring = fresh(), again;
	append(&ring, 3000);
	append(&ring, 3000);
	ring_close(&ring);
	CHECK(ring_open(&again, path, CAPACITY) == 0);
	CHECK(again.total == 6000);
	append(&again, 500);
	CHECK(read_on(&again, ring_oldest(&again), CAPACITY) == CAPACITY);
	ring_close(&again);
}

static uint64_t total_after_reopening(uint64_t capacity)
{
	struct ring ring;
	CHECK(ring_open(&ring, path, capacity) == 0);
	struct stat status;
	CHECK(fstat(ring.fd, &status) == 0 && (uint64_t)status.st_size == RING_HEADER_BYTES + capacity);
	uint64_t total = ring.total;
	ring_close(&ring);
	return total;
}

static void another_capacity_starts_afresh(void)
{
	struct ring ring = fresh();
	append(&ring, 1000);
	ring_close(&ring);
	CHECK(total_after_reopening(2 * CAPACITY) == 0);
}

static void damage(off_t at, const char *bytes, size_t length)
{
	int fd = open(path, O_WRONLY);
	CHECK(pwrite(fd, bytes, length, at) == (ssize_t)length);
	close(fd);
}

static void a_damaged_header_starts_afresh(void)
{
	static const struct {
		off_t at;
		const char *bytes;
		size_t length;
	} damages[] = { { 0, "X", 1 }, { 8, "\1", 1 }, { 23, "\377", 1 }, { 40, "x", 1 } };
	for (size_t index = 0; index < sizeof damages / sizeof *damages; index++) {
		struct ring ring = fresh();
		append(&ring, 1000);
		ring_close(&ring);
		damage(damages[index].at, damages[index].bytes, damages[index].length);
		CHECK(total_after_reopening(CAPACITY) == 0);
	}
}

static void a_file_cut_short_starts_afresh(void)
{
	struct ring ring = fresh();
	append(&ring, 1000);
	ring_close(&ring);
	CHECK(truncate(path, 100) == 0);
	CHECK(total_after_reopening(CAPACITY) == 0);
}

static void a_file_cut_short_meanwhile_is_an_error_and_no_crash(void)
{
	struct ring ring = fresh();
	uint8_t bytes[10];
	append(&ring, 1000);
	CHECK(truncate(path, 100) == 0);
	CHECK(ring_read(&ring, 500, bytes, sizeof bytes) < 0 && errno == EIO);
	ring_close(&ring);
}

static void what_the_file_refuses_is_dropped_whole(void)
{
	struct ring ring = fresh();
	append(&ring, 1000);
	close(ring.fd);
	ring.fd = open(path, O_RDONLY);
	append(&ring, 1000);
	CHECK(ring.total == 1000);
	CHECK(read_on(&ring, 0, CAPACITY) == 1000);
	ring_close(&ring);
}

static void without_a_path_it_lives_in_memory(void)
{
	struct ring ring;
	CHECK(ring_open(&ring, NULL, CAPACITY) == 0);
	append(&ring, 3000);
	append(&ring, 3000);
	CHECK(read_on(&ring, ring_oldest(&ring), CAPACITY) == CAPACITY);
	ring_close(&ring);
}

static void a_capacity_out_of_bounds_is_refused(void)
{
	struct ring ring;
	CHECK(ring_open(&ring, path, RING_MIN_CAPACITY - 1) < 0 && errno == EINVAL);
	CHECK(ring_open(&ring, path, RING_MAX_CAPACITY + 1) < 0 && errno == EINVAL);
}

static void a_symlink_in_its_place_is_not_followed(void)
{
	struct ring ring;
	unlink(path);
	CHECK(symlink("/tmp/tsmachine-ring-elsewhere", path) == 0);
	CHECK(ring_open(&ring, path, CAPACITY) < 0 && errno == ELOOP);
}

int main(void)
{
	close(mkstemp(path));
	RUN(a_new_ring_is_empty);
	RUN(what_is_appended_is_read_back_across_the_end_of_the_file);
	RUN(a_piece_as_long_as_the_ring_replaces_all_of_it);
	RUN(a_ring_of_the_same_capacity_is_continued);
	RUN(another_capacity_starts_afresh);
	RUN(a_damaged_header_starts_afresh);
	RUN(a_file_cut_short_starts_afresh);
	RUN(a_file_cut_short_meanwhile_is_an_error_and_no_crash);
	RUN(what_the_file_refuses_is_dropped_whole);
	RUN(without_a_path_it_lives_in_memory);
	RUN(a_capacity_out_of_bounds_is_refused);
	RUN(a_symlink_in_its_place_is_not_followed);
	unlink(path);
	return 0;
}
