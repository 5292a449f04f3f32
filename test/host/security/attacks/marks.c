/*
 * Takes the program away that marks what the machine sends, as far as that is let. Usage: marks GROUP. Or sends one packet with
 * a mark and a priority of its own: marks send ADDRESS. Or attaches a program that suffers no other beside it: marks occupy GROUP.
 */
#define _GNU_SOURCE
#include "outcome.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static uint64_t address(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static int load(void)
{
	static const struct bpf_insn pass[] = { { 0xb7, 0, 0, 0, 1 }, { 0x95, 0, 0, 0, 0 } };
	union bpf_attr attributes = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
		.expected_attach_type = BPF_CGROUP_INET_EGRESS,
		.insns = address(pass),
		.insn_cnt = 2,
		.license = address(""),
	};

	return bpf(BPF_PROG_LOAD, &attributes);
}

static void take_away(int group, uint32_t id)
{
	union bpf_attr by_id = { .prog_id = id };
	int program = bpf(BPF_PROG_GET_FD_BY_ID, &by_id);
	union bpf_attr attributes = { .target_fd = (uint32_t)group, .attach_type = BPF_CGROUP_INET_EGRESS };

	outcome("open", program);
	/* Without it the kernel takes any, where only one may be. */
	attributes.attach_bpf_fd = program < 0 ? 0 : (uint32_t)program;
	outcome("detach", bpf(BPF_PROG_DETACH, &attributes));
}

static void attack(const char *path)
{
	int group = open(path, O_RDONLY | O_DIRECTORY);
	uint32_t ids[64] = { 0 };
	union bpf_attr query = {
		.query = { .target_fd = (uint32_t)group, .attach_type = BPF_CGROUP_INET_EGRESS, .prog_ids = address(ids), .prog_cnt = 64 },
	};

	outcome("group", group);
	outcome("query", bpf(BPF_PROG_QUERY, &query));
	outcome("load", load());
	take_away(group, ids[0]);
}

static void occupy(const char *path)
{
	union bpf_attr attributes = {
		.target_fd = (uint32_t)open(path, O_RDONLY | O_DIRECTORY),
		.attach_bpf_fd = (uint32_t)load(),
		.attach_type = BPF_CGROUP_INET_EGRESS,
	};

	outcome("attach", bpf(BPF_PROG_ATTACH, &attributes));
}

static void send_marked(const char *address_)
{
	int socket_ = socket(AF_INET, SOCK_DGRAM, 0), mark = 7, priority = 4;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = { inet_addr(address_) } };

	outcome("mark", setsockopt(socket_, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)));
	outcome("priority", setsockopt(socket_, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority)));
	outcome("send", sendto(socket_, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)));
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "send") == 0)
		send_marked(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "occupy") == 0)
		occupy(argv[2]);
	else if (argc == 2)
		attack(argv[1]);
	return 0;
}
