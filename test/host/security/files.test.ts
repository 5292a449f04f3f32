import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { successes } from './attack.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
const privileged = withTarget(host, 'privileged', { settings: ['privileged=true'] });
const marker = join(host.root, 'marker', 'of-the-host');

beforeAll(() => {
  // Closed folders would hide that a way leads out.
  chmodSync(host.root, 0o755);
  mkdirSync(join(host.root, 'marker'), { mode: 0o755 });
  writeFileSync(marker, 'only the host has this\n', { mode: 0o644 });
});

describe.each([
  ['a machine', machine],
  ['a privileged machine', privileged],
])('a file of the host, sought by the root of %s', (_, target) => {
  it('is found by none of the ways out of a root directory', async () => {
    const outcomes = await target.attack('breakout', marker);
    expect(Object.keys(outcomes)).toHaveLength(6);
    expect(successes(outcomes)).toEqual([]);
  });

  it('is not below the root of any process', async () => {
    const found = await target.ask(
      `for root in /proc/*/root /proc/*/cwd; do ls -d $root${marker} 2>/dev/null; done; true`,
    );
    expect(found).toBe('');
  });

  it('is not named by the table of mounts', async () => {
    const table = await target.ask('cat /proc/self/mountinfo /proc/mounts');
    expect(table).toContain('proc');
    expect(table).not.toContain(host.root);
    // devtmpfs is named by the single nodes that are bound from it, and each of those is a file.
    const roots = table.split('\n').filter((line) => / - (ext4|btrfs|xfs|9p|virtiofs) /.test(line));
    expect(roots).toEqual([]);
  });

  it('is not among what init holds open', async () => {
    const open = await target.ask('for fd in /proc/1/fd/*; do readlink $fd; done');
    const files = open.split('\n').filter((path) => !/^(pipe|socket|anon_inode):/.test(path));
    for (const path of files) expect(path).toMatch(/^\/dev\/(null|console|pts\/\d+|tty)$/);
  });
});

describe('what enters a machine', () => {
  it('brings in standard input, output and error, and no other descriptor', async () => {
    expect(
      (await machine.run(['exec', machine.name, '--', await machine.planted('descriptors')])).stdout,
    ).toBe('0 open\n1 open\n2 open\n');
  });

  it('stays inside with a working directory that names a descriptor (CVE-2024-21626)', async () => {
    const climb = `cat ..${'/..'.repeat(20)}${marker} ./${'../'.repeat(20)}etc/shadow-of-nobody 2>/dev/null; echo done`;
    for (let fd = 3; fd <= 20; fd += 1) {
      for (const folder of ['/proc/self/fd', '/dev/fd']) {
        const { code, stdout } = await machine.run([
          'exec',
          machine.name,
          '-w',
          `${folder}/${fd}`,
          '--',
          'sh',
          '-c',
          climb,
        ]);
        expect(stdout).not.toContain('only the host has this');
        expect([0, 125]).toContain(code);
      }
    }
  });

  it('gets no variable of the host', async () => {
    const secret = 'hidden-in-the-environment-of-the-caller';
    const env = { HOST_SECRET: secret };
    await host.done(['stop', machine.name, '--timeout', '5']);
    await host.done(['start', machine.name], { env });
    const { stdout } = await host.cli(
      ['exec', machine.name, '--', 'sh', '-c', 'env; cat /proc/1/environ /proc/self/environ'],
      { env },
    );
    expect(stdout).toContain('container=tsmachine');
    expect(stdout).not.toContain(secret);
  });
});
