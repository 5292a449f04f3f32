import { describe, expect, it } from 'vitest';
import { describeFilter, seccompFilter } from '../../../../src/backends/native/seccomp/filters.ts';
import { AUDIT_ARCH, answerOf } from './bpf.ts';

const EPERM = 1;
const EACCES = 13;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Numbers of linux/unistd.h of each architecture. */
const NUMBERS = {
  x86_64: {
    arch: 'x64',
    ioctl: 16,
    mount: 165,
    unshare: 272,
    umount2: 166,
    kexec_load: 246,
    open_by_handle_at: 304,
    finit_module: 313,
    bpf: 321,
    keyctl: 250,
    personality: 135,
    socket: 41,
    reboot: 169,
    io_uring_setup: 425,
    execve: 59,
  },
  x86: {
    arch: 'x64',
    ioctl: 54,
    mount: 21,
    unshare: 310,
    umount2: 52,
    kexec_load: 283,
    open_by_handle_at: 342,
    finit_module: 350,
    bpf: 357,
    keyctl: 288,
    personality: 136,
    socket: 359,
    reboot: 88,
    io_uring_setup: 425,
    execve: 11,
  },
  aarch64: {
    arch: 'arm64',
    ioctl: 29,
    mount: 40,
    unshare: 97,
    umount2: 39,
    kexec_load: 104,
    open_by_handle_at: 265,
    finit_module: 273,
    bpf: 280,
    keyctl: 219,
    personality: 92,
    socket: 198,
    reboot: 142,
    io_uring_setup: 425,
    execve: 221,
  },
  arm: {
    arch: 'arm64',
    ioctl: 54,
    mount: 21,
    unshare: 337,
    umount2: 52,
    kexec_load: 347,
    open_by_handle_at: 371,
    finit_module: 379,
    bpf: 386,
    keyctl: 311,
    personality: 136,
    socket: 281,
    reboot: 88,
    io_uring_setup: 425,
    execve: 11,
  },
  riscv64: {
    arch: 'riscv64',
    ioctl: 29,
    mount: 40,
    unshare: 97,
    umount2: 39,
    kexec_load: 104,
    open_by_handle_at: 265,
    finit_module: 273,
    bpf: 280,
    keyctl: 219,
    personality: 92,
    socket: 198,
    reboot: 142,
    io_uring_setup: 425,
    execve: 221,
  },
} as const;

type Architecture = keyof typeof NUMBERS;

function asks(architecture: Architecture, profile: 'default' | 'nesting' = 'default') {
  const filter = seccompFilter(profile, NUMBERS[architecture].arch);
  return (number: number, ...args: bigint[]) =>
    answerOf(filter, { number, arch: AUDIT_ARCH[architecture], arguments: args });
}

describe.each(Object.keys(NUMBERS) as Architecture[])('the seccomp filter on %s', (architecture) => {
  const calls = NUMBERS[architecture];
  const ask = asks(architecture);

  it('lets init mount, make namespaces, execute and reboot', () => {
    for (const number of [calls.mount, calls.unshare, calls.execve, calls.reboot]) {
      expect(ask(number)).toBe('allow');
    }
  });

  it('refuses what would load code into the kernel or open host files by handle', () => {
    for (const number of [calls.kexec_load, calls.open_by_handle_at, calls.finit_module, calls.bpf]) {
      expect(ask(number)).toBe(EPERM);
    }
  });

  it('answers keyrings, io_uring and calls of the future as an older kernel would', () => {
    for (const number of [calls.keyctl, calls.io_uring_setup, 999]) expect(ask(number)).toBe(ENOSYS);
  });

  it('refuses to type into a terminal, whatever the upper half of the argument says', () => {
    expect(ask(calls.ioctl, 0n, 0x5401n)).toBe('allow');
    for (const request of [0x5412n, 0x541cn, 0x1_0000_5412n, 0xdead_beef_0000_541cn]) {
      expect(ask(calls.ioctl, 0n, request)).toBe(EPERM);
    }
  });

  it('refuses a forced umount and no other', () => {
    expect(ask(calls.umount2, 0n, 2n)).toBe('allow');
    expect(ask(calls.umount2, 0n, 3n)).toBe(EACCES);
  });

  it('allows harmless personalities only', () => {
    expect(ask(calls.personality, 0x40000n)).toBe('allow');
    expect(ask(calls.personality, 0xffffffffn)).toBe('allow');
    expect(ask(calls.personality, 0x400000n)).toBe(ENOSYS);
  });

  it('gives a nesting machine keyrings, device programs and vsock', () => {
    const nested = asks(architecture, 'nesting');
    expect([nested(calls.keyctl), nested(calls.bpf), nested(calls.socket, 40n)]).toEqual([
      'allow',
      'allow',
      'allow',
    ]);
    expect(nested(calls.kexec_load)).toBe(EPERM);
  });

  it('never kills, whatever the call', () => {
    for (let number = -1; number < 1200; number++) {
      expect(['allow', EPERM, ENOSYS]).toContain(ask(number));
    }
  });
});

describe('the seccomp filters', () => {
  it.each(['x86_64', 'aarch64', 'riscv64'] as const)(
    'have no vsock on %s: namespaces do not separate it',
    (name) => {
      const ask = asks(name);
      expect(ask(NUMBERS[name].socket, 2n)).toBe('allow');
      expect(ask(NUMBERS[name].socket, 40n)).toBe(EAFNOSUPPORT);
      expect(ask(NUMBERS[name].socket, 0x1_0000_0028n)).toBe(EAFNOSUPPORT);
    },
  );

  it('answers a foreign architecture and x32 with ENOSYS', () => {
    const filter = seccompFilter('default', 'x64');
    expect(answerOf(filter, { number: 0, arch: AUDIT_ARCH.aarch64 })).toBe(ENOSYS);
    expect(answerOf(filter, { number: 0x40000000, arch: AUDIT_ARCH.x86_64 })).toBe(ENOSYS);
  });

  it('lets 32-bit programs of x86 use sockets through socketcall', () => {
    const socketcall = 102;
    const SYS_SOCKET = 1n;
    expect(asks('x86')(socketcall, SYS_SOCKET)).toBe('allow');
  });

  it('names the way out on a processor without a filter', () => {
    expect(() => seccompFilter('default', 's390x')).toThrow(/processor 's390x'/);
    expect(() => seccompFilter('default', 'constructor')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    try {
      seccompFilter('default', 'mips');
    } catch (error) {
      expect(error).toHaveProperty('hint', expect.stringContaining('seccomp: off'));
    }
  });

  it('describes a program by name and size', () => {
    const filter = seccompFilter('nesting', 'arm64');
    const description = describeFilter(filter.toString('hex'));
    expect(description).toEqual({ name: 'nesting for arm64', instructions: filter.length / 8 });
  });
});
