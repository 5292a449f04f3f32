#include "clients.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"

enum { CAPACITY = 256 * 1024 };

/* A monitor's inner parts with a pty whose slave we hold; clients come by a listener in the abstract name space. */
static struct {
	struct ring ring;
	struct console console;
	struct clients clients;
	int epoll, listener, slave;
	struct sockaddr_storage address;
	socklen_t address_length;
} stage;

static void set_up(void)
{
	struct sockaddr unnamed = { .sa_family = AF_UNIX };
	struct termios modes;
	int unlocked = 0, master = posix_openpt(O_RDWR | O_NOCTTY);

	memset(&stage, 0, sizeof stage);
	CHECK(ring_open(&stage.ring, NULL, CAPACITY) == 0);
	CHECK(ioctl(master, TIOCSPTLCK, &unlocked) == 0);
	stage.slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	CHECK(stage.slave >= 0 && tcgetattr(stage.slave, &modes) == 0);
	cfmakeraw(&modes);
	CHECK(tcsetattr(stage.slave, TCSANOW, &modes) == 0);
	console_adopt(&stage.console, master, -1);
	stage.epoll = epoll_create1(0);
	clients_init(&stage.clients, stage.epoll, &stage.ring, &stage.console);
	stage.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	/* Without a path the kernel picks a free abstract name. */
	CHECK(bind(stage.listener, &unnamed, sizeof unnamed.sa_family) == 0 && listen(stage.listener, 128) == 0);
	stage.address_length = sizeof stage.address;
	CHECK(getsockname(stage.listener, (struct sockaddr *)&stage.address, &stage.address_length) == 0);
}

static void tear_down(void)
{
	for (size_t slot = 0; slot < CLIENTS_MAX; slot++)
		if (stage.clients.items[slot].fd >= 0)
			close(stage.clients.items[slot].fd);
	console_close(&stage.console);
	ring_close(&stage.ring);
	close(stage.slave);
	close(stage.listener);
	close(stage.epoll);
}

static int connect_client(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(connect(fd, (struct sockaddr *)&stage.address, stage.address_length) == 0);
	clients_accept(&stage.clients, stage.listener);
	return fd;
}

/* What the monitor's loop does until nothing more happens. */
static void settle(void)
{
	struct epoll_event events[16];
	clients_send(&stage.clients);
	for (int count; (count = epoll_wait(stage.epoll, events, 16, 0)) > 0; clients_send(&stage.clients))
		for (int index = 0; index < count; index++)
			clients_event(&stage.clients, events[index].data.u64, events[index].events);
}

static void send_bytes(int fd, const void *bytes, size_t length)
{
	CHECK(send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length);
	settle();
}

#define SEND(fd, text) send_bytes(fd, text, sizeof(text) - 1)
#define HELLO "h\5\0\0\0\1\377\377\377\377"
#define HELLO_ASKING "h\5\0\0\0\0\0\0\0\0"
#define HELLO_WATCHER "h\5\0\0\0\0\377\377\377\377"

static int greeted_client(void)
{
	uint8_t welcome[FRAME_HEADER_BYTES + 8];
	int fd = connect_client();
	SEND(fd, HELLO);
	CHECK(recv(fd, welcome, sizeof welcome, MSG_DONTWAIT) == (ssize_t)sizeof welcome && welcome[0] == FRAME_WELCOME);
	return fd;
}

/* Takes one frame; its type, or 0 at the end of file. */
static uint8_t take_frame(int fd, uint8_t *payload, uint32_t *length)
{
	uint8_t header[FRAME_HEADER_BYTES];
	if (recv(fd, header, sizeof header, MSG_DONTWAIT) != (ssize_t)sizeof header)
		return 0;
	*length = frame_decode_header(header).length;
	CHECK(*length <= FRAME_MAX_PAYLOAD);
	CHECK(*length == 0 || recv(fd, payload, *length, MSG_DONTWAIT) == (ssize_t)*length);
	return header[0];
}

static bool is_closed(int fd)
{
	uint8_t byte;
	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void fill_ring(size_t length)
{
	static uint8_t bytes[CAPACITY / 2];
	for (size_t index = 0; index < length; index++)
		bytes[index] = (uint8_t)(stage.ring.total + index);
	ring_append(&stage.ring, bytes, length);
}

static void a_client_gets_the_log_from_the_beginning(void)
{
	static uint8_t payload[FRAME_MAX_PAYLOAD];
	uint32_t length;
	set_up();
	fill_ring(1000);
	int fd = greeted_client();
	CHECK(take_frame(fd, payload, &length) == FRAME_DATA && length == 1000 && payload[999] == (uint8_t)999);
	close(fd);
	tear_down();
}

/* A pipe in place of the pty: it holds a flood, and a read of it never comes too early. */
static void flood_console(size_t length)
{
	static const uint8_t flood[4 * FRAME_OUTPUT_PAYLOAD];
	int ends[2];
	CHECK(pipe2(ends, O_NONBLOCK) == 0 && fcntl(ends[1], F_SETPIPE_SZ, (int)sizeof flood) >= (int)sizeof flood);
	CHECK(length <= sizeof flood && write(ends[1], flood, length) == (ssize_t)length);
	close(ends[1]);
	CHECK(dup2(ends[0], stage.console.master) >= 0);
	close(ends[0]);
}

static void a_flood_goes_out_in_whole_frames(void)
{
	static uint8_t payload[FRAME_MAX_PAYLOAD];
	uint32_t length;
	set_up();
	int fd = greeted_client();
	flood_console(3 * FRAME_OUTPUT_PAYLOAD);
	while (stage.console.readable) {
		console_read(&stage.console, &stage.ring);
		settle();
	}
	for (int frame = 0; frame < 3; frame++)
		CHECK(take_frame(fd, payload, &length) == FRAME_DATA && length == FRAME_OUTPUT_PAYLOAD);
	CHECK(take_frame(fd, payload, &length) == 0);
	close(fd);
	tear_down();
}

static void whoever_breaks_the_protocol_is_closed(void)
{
	set_up();
	int fd = connect_client();
	SEND(fd, "d\1\0\0\0x");
	CHECK(stage.clients.items[0].fd < 0);
	close(fd);
	fd = greeted_client();
	SEND(fd, "r\5\0\0\0");
	CHECK(is_closed(fd));
	close(fd);
	tear_down();
}

static void a_frame_may_come_byte_by_byte(void)
{
	struct winsize size;
	set_up();
	int fd = greeted_client();
	static const char frame[] = "r\4\0\0\0\120\0\31\0";
	for (size_t index = 0; index < sizeof frame - 1; index++)
		send_bytes(fd, frame + index, 1);
	CHECK(ioctl(stage.slave, TIOCGWINSZ, &size) == 0 && size.ws_col == 80 && size.ws_row == 25);
	close(fd);
	tear_down();
}

static void who_only_watches_cannot_type_or_resize(void)
{
	struct winsize size;
	uint8_t welcome[64];
	set_up();
	int fd = connect_client();
	SEND(fd, HELLO_WATCHER);
	CHECK(recv(fd, welcome, sizeof welcome, MSG_DONTWAIT) > 0);
	SEND(fd, "r\4\0\0\0\120\0\31\0");
	CHECK(ioctl(stage.slave, TIOCGWINSZ, &size) == 0 && size.ws_col == 0);
	SEND(fd, "d\0\0\0\0");
	CHECK(is_closed(fd));
	close(fd);
	tear_down();
}

static void a_full_pty_stops_the_reading_and_loses_nothing(void)
{
	static char typed[FRAME_HEADER_BYTES + FRAME_MAX_PAYLOAD];
	static char taken[4096];
	size_t total = 0;
	set_up();
	int fd = greeted_client();
	memset(typed, 'x', sizeof typed);
	frame_encode_header((uint8_t *)typed, FRAME_DATA, FRAME_MAX_PAYLOAD);
	send_bytes(fd, typed, sizeof typed);
	send_bytes(fd, typed, sizeof typed);
	CHECK(stage.clients.items[0].pty_full);
	fcntl(stage.slave, F_SETFL, O_NONBLOCK);
	for (int idle = 0; idle < 100 && total < 2 * FRAME_MAX_PAYLOAD;) {
		ssize_t length = read(stage.slave, taken, sizeof taken);
		idle = length > 0 ? 0 : idle + 1;
		total += length > 0 ? (size_t)length : 0;
		if (length <= 0)
			usleep(1000); /* the kernel moves what was typed by a worker of its own */
		clients_resume_typing(&stage.clients);
		settle();
	}
	CHECK(total == 2 * FRAME_MAX_PAYLOAD);
	close(fd);
	tear_down();
}

static void a_client_behind_by_half_the_ring_holds_the_machine_back(void)
{
	set_up();
	int fd = greeted_client();
	for (int turn = 0; turn < 4 && !clients_hold_back(&stage.clients); turn++) {
		fill_ring(CAPACITY / 2);
		settle();
	}
	CHECK(clients_hold_back(&stage.clients));
	CHECK(clients_patience(&stage.clients) > 0);
	close(fd);
	settle();
	CHECK(!clients_hold_back(&stage.clients));
	tear_down();
}

/* As if its patience had run out. */
static void let_time_pass(struct client *client)
{
	client->progress_ms -= CLIENT_PATIENCE_MS;
	clients_give_up_stalled(&stage.clients);
}

static void a_client_that_takes_nothing_is_skipped_and_told_how_much(void)
{
	static uint8_t payload[FRAME_MAX_PAYLOAD];
	uint64_t seen = 0;
	uint32_t length;
	bool told = false;
	set_up();
	int fd = greeted_client();
	while (!clients_hold_back(&stage.clients)) {
		fill_ring(CAPACITY / 2);
		settle();
	}
	let_time_pass(&stage.clients.items[0]);
	CHECK(!clients_hold_back(&stage.clients));
	fill_ring(CAPACITY / 2);
	fill_ring(CAPACITY / 2);
	fill_ring(CAPACITY / 2);

	for (uint8_t type; (type = take_frame(fd, payload, &length)); settle()) {
		if (type == FRAME_GAP)
			seen += get_u64(payload);
		else
			CHECK(type == FRAME_DATA && payload[0] == (uint8_t)seen);
		seen += type == FRAME_DATA ? length : 0;
		told |= type == FRAME_GAP;
	}
	CHECK(told && seen == stage.ring.total);
	close(fd);
	tear_down();
}

static void one_that_reads_slowly_is_waited_for(void)
{
	uint8_t bytes[1000];
	set_up();
	int fd = greeted_client();
	while (!clients_hold_back(&stage.clients)) {
		fill_ring(CAPACITY / 2);
		settle();
	}
	CHECK(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) == (ssize_t)sizeof bytes);
	CHECK(recv(fd, (uint8_t[40000]){ 0 }, 40000, MSG_DONTWAIT) > 0);
	let_time_pass(&stage.clients.items[0]);
	CHECK(clients_hold_back(&stage.clients));
	close(fd);
	tear_down();
}

static void one_too_many_is_turned_away(void)
{
	int fds[CLIENTS_MAX];
	set_up();
	for (int index = 0; index < CLIENTS_MAX; index++)
		fds[index] = connect_client();
	int late = connect_client();
	CHECK(is_closed(late));
	close(fds[0]);
	settle();
	close(late);
	late = greeted_client();
	close(late);
	for (int index = 1; index < CLIENTS_MAX; index++)
		close(fds[index]);
	tear_down();
}

static void consoles_leave_room_for_who_asks_for_something(void)
{
	int fds[CONSOLES_MAX];
	set_up();
	for (int index = 0; index < CONSOLES_MAX; index++)
		fds[index] = greeted_client();
	int console = connect_client(), watcher = connect_client(), asking = connect_client();
	SEND(console, HELLO);
	CHECK(is_closed(console));
	SEND(watcher, HELLO_WATCHER);
	CHECK(is_closed(watcher));
	SEND(asking, HELLO_ASKING);
	CHECK(!is_closed(asking));
	close(console);
	close(watcher);
	close(asking);
	for (int index = 0; index < CONSOLES_MAX; index++)
		close(fds[index]);
	tear_down();
}

static void the_end_comes_after_all_output_and_closes(void)
{
	static uint8_t payload[FRAME_MAX_PAYLOAD];
	uint32_t length;
	set_up();
	int fd = greeted_client();
	fill_ring(10);
	clients_announce_reboot(&stage.clients);
	fill_ring(10);
	clients_announce_end(&stage.clients, (const uint8_t *)"record", 6);
	settle();
	CHECK(take_frame(fd, payload, &length) == FRAME_DATA && length == 20);
	CHECK(take_frame(fd, payload, &length) == FRAME_REBOOT);
	CHECK(take_frame(fd, payload, &length) == FRAME_END && length == 6 && memcmp(payload, "record", 6) == 0);
	CHECK(is_closed(fd) && clients_gone(&stage.clients));
	close(fd);
	tear_down();
}

#define TAKE_EXIT "t\1\0\0\0\1"
#define START_AGAIN "a\1\0\0\0\1"

static void who_took_the_exit_is_asked_at_every_end(void)
{
	static uint8_t payload[FRAME_MAX_PAYLOAD];
	uint32_t length;
	set_up();
	int watcher = greeted_client(), decider = greeted_client();
	CHECK(!clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	SEND(decider, TAKE_EXIT);
	CHECK(clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	settle();
	CHECK(take_frame(decider, payload, &length) == FRAME_TAKE_EXIT && length == 6 && memcmp(payload, "record", 6) == 0);
	CHECK(take_frame(watcher, payload, &length) == 0 && !clients_exit_settled(&stage.clients));
	SEND(decider, START_AGAIN);
	CHECK(clients_exit_settled(&stage.clients) && clients_take_decision(&stage.clients) == 1);
	CHECK(clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	CHECK(clients_take_decision(&stage.clients) == -1); /* no answer this time */
	CHECK(!clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	close(watcher);
	close(decider);
	tear_down();
}

static void a_decider_that_goes_away_is_replaced_by_the_next(void)
{
	set_up();
	int first = greeted_client(), second = greeted_client();
	SEND(first, TAKE_EXIT);
	SEND(second, TAKE_EXIT);
	CHECK(clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	close(first);
	settle();
	/* Its slot is given to another who takes the exit as well: that one was not asked. */
	int newcomer = greeted_client();
	SEND(newcomer, TAKE_EXIT);
	CHECK(clients_exit_settled(&stage.clients) && clients_take_decision(&stage.clients) == -1);
	CHECK(clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	close(newcomer);
	close(second);
	settle();
	CHECK(clients_take_decision(&stage.clients) == -1);
	CHECK(!clients_ask_exit(&stage.clients, (const uint8_t *)"record", 6));
	tear_down();
}

static void who_decides_without_having_taken_the_exit_is_closed(void)
{
	set_up();
	int fd = greeted_client();
	SEND(fd, START_AGAIN);
	CHECK(is_closed(fd));
	close(fd);
	tear_down();
}

int main(void)
{
	RUN(a_client_gets_the_log_from_the_beginning);
	RUN(a_flood_goes_out_in_whole_frames);
	RUN(whoever_breaks_the_protocol_is_closed);
	RUN(a_frame_may_come_byte_by_byte);
	RUN(who_only_watches_cannot_type_or_resize);
	RUN(a_full_pty_stops_the_reading_and_loses_nothing);
	RUN(a_client_behind_by_half_the_ring_holds_the_machine_back);
	RUN(a_client_that_takes_nothing_is_skipped_and_told_how_much);
	RUN(one_that_reads_slowly_is_waited_for);
	RUN(one_too_many_is_turned_away);
	RUN(consoles_leave_room_for_who_asks_for_something);
	RUN(the_end_comes_after_all_output_and_closes);
	RUN(who_took_the_exit_is_asked_at_every_end);
	RUN(a_decider_that_goes_away_is_replaced_by_the_next);
	RUN(who_decides_without_having_taken_the_exit_is_closed);
	return 0;
}
