/**
 * What kernels wrote (recorded/README.md): of a machine with a mount of awkward names, and of a network namespace in which TCP listens on 80 (0.0.0.0
 * and ::), 8081 (127.0.0.1, with one connection) and 8082 (::1), and UDP on 53 (127.0.0.1, with a client) and 546 (::1).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfinement } from '../../../../src/backends/native/inspection/confinement.ts';
import { parseMount, parseMountTable } from '../../../../src/backends/native/inspection/mount-table.ts';
import { parseResourceLimits } from '../../../../src/backends/native/inspection/resource-limits.ts';
import { parseListening } from '../../../../src/backends/native/inspection/socket-table.ts';

const recorded = join(import.meta.dirname, 'recorded');

const kernels = readdirSync(recorded).filter((name) => name.startsWith('linux-'));

describe.each(kernels)('of %s', (kernel) => {
  const read = (file: string) => readFileSync(join(recorded, kernel, file), 'utf8');

  it('each mount is told, awkward names as they are', () => {
    const mounts = parseMountTable(read('mountinfo'));
    expect(mounts).toHaveLength(read('mountinfo').trim().split('\n').length);
    expect(mounts[0]).toMatchObject({ path: '/', root: '/', type: 'overlay', source: 'overlay' });
    expect(mounts[0]?.options).toContain('nodev');
    expect(mounts[0]?.superOptions).toContain('lowerdir=0');
    expect(mounts.find(({ path }) => path === '/dev/null')).toMatchObject({
      root: '/null',
      type: 'devtmpfs',
    });
    expect(mounts.at(-1)).toMatchObject({ path: '/tmp/a b', source: 'so urce', type: 'tmpfs' });
  });

  it('sockets that listen are told, those that talk are not', () => {
    const listening = (['tcp', 'tcp6', 'udp', 'udp6'] as const).flatMap((protocol) =>
      parseListening(read(protocol), protocol),
    );
    const told = listening.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);
    expect(told.toSorted()).toEqual([
      'tcp 0.0.0.0 80',
      'tcp 127.0.0.1 8081',
      'tcp6 :: 80',
      'tcp6 ::1 8082',
      'udp 127.0.0.1 53',
      'udp6 ::1 546',
    ]);
    for (const { inode } of listening) expect(inode).toBeGreaterThan(0);
  });

  it('resource limits have the names of prlimit', () => {
    const limits = parseResourceLimits(read('limits'));
    expect(Object.keys(limits)).toHaveLength(16);
    expect(limits).toMatchObject({
      core: { soft: 0, hard: 'unlimited' },
      stack: { soft: 8388608, hard: 'unlimited' },
      nice: { soft: 0, hard: 0 },
    });
  });

  it('capabilities, filters and new privileges are told of the status', () => {
    const found = parseConfinement(read('status'));
    expect(found.seccomp).toBe(kernel === 'linux-4.19' ? 'filter' : 'filter (1 loaded)');
    expect(found.noNewPrivileges).toBe(false);
    expect(found.capabilities).toContain('chown');
    expect(found.capabilities).not.toContain('sys_module');
    expect(found.capabilities.includes('checkpoint_restore')).toBe(kernel !== 'linux-4.19');
    expect(found.capabilitySets).toMatchObject({
      effective: found.capabilities,
      inheritable: [],
      ambient: [],
    });
  });
});

describe('lines that are not whole', () => {
  it.each(['', '99 190 0:79 / / rw', '99 190 0:79 / / rw,nodev shared:1', '1 2 3:4 / /x rw - tmpfs'])(
    'are no mounts: %j',
    (line) => expect(parseMount(line)).toBeUndefined(),
  );

  it('are no sockets', () => {
    const head = '  sl  local_address rem_address   st\n';
    expect(parseListening(`${head}   0: 0100007F:1F91 00000000:0000 0A`, 'tcp')).toEqual([]);
    expect(parseListening(`${head}   0: XYZ:1F91 00000000:0000 0A 0:0 00:0 0 0 0 13922 1`, 'tcp')).toEqual(
      [],
    );
  });
});

it.each([
  ['B80D01200000000067452301EFCDAB89', '2001:db8::123:4567:89ab:cdef'],
  ['0000000000000000FFFF00000100007F', '::ffff:127.0.0.1'],
  ['000080FE00000000FF005450000000FE', 'fe80::5054:ff:fe00:0'],
])('an IPv6 address is written as people write it: %s', (digits, written) => {
  const line = `   0: ${digits}:0050 ${'0'.repeat(32)}:0000 0A 0:0 00:0 0 0 0 13922 1`;
  const [socket] = parseListening(`head\n${line}`, 'tcp6');
  expect(socket?.address).toBe(written);
});
