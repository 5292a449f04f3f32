import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { successes } from './attack.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
/** The same without its user namespace. */
const privileged = withTarget(host, 'privileged', { settings: ['privileged=true'] });
/** And without the guard of devices. */
const unguarded = withTarget(host, 'unguarded', { settings: ['privileged=true', 'devices.allow=a'] });

/** MAJOR:MINOR of the file system that the host's root lies on; any disk will do. */
const disk = (
  readFileSync('/proc/self/mountinfo', 'utf8').match(/^\d+ \d+ (\d+):(\d+) \/ \/ /m) ?? ['', '8', '0']
).slice(1);

describe("the nodes of the host's devices", () => {
  it('cannot be made by the root of a machine: not the disk, not memory, not ports, not the kernel log', async () => {
    const outcomes = await machine.attack(
      'devices',
      'disk',
      'b',
      ...disk,
      'mem',
      'c',
      '1',
      '1',
      'port',
      'c',
      '1',
      '4',
      'kmsg',
      'c',
      '1',
      '11',
      'loop-control',
      'c',
      '10',
      '237',
    );
    expect(outcomes).toEqual({
      disk: 'EPERM',
      mem: 'EPERM',
      port: 'EPERM',
      kmsg: 'EPERM',
      'loop-control': 'EPERM',
    });
  });

  it('are made where the user namespace is missing, and not opened', async () => {
    const outcomes = await privileged.attack(
      'devices',
      'disk',
      'b',
      ...disk,
      'loop-control',
      'c',
      '10',
      '237',
    );
    expect(outcomes).toEqual({
      disk: 'ok',
      'open-/disk': 'EPERM',
      'loop-control': 'ok',
      'open-/loop-control': 'EPERM',
    });
  });

  it('are opened where the guard of devices is missing as well', async () => {
    expect(await unguarded.attack('devices', 'loop-control', 'c', '10', '237')).toEqual({
      'loop-control': 'ok',
      'open-/loop-control': 'ok',
    });
  });

  it("open nothing when the machine's files came with them", async () => {
    const upper = join(host.root, 'machines', 'machine', 'storage', 'upper');
    await host.done(['stop', machine.name, '--timeout', '5']);
    execFileSync('mknod', ['-m', '0666', join(upper, 'planted-disk'), 'b', ...disk]);
    execFileSync('mknod', ['-m', '0666', join(upper, 'planted-log'), 'c', '1', '11']);
    expect(statSync(join(upper, 'planted-disk')).isBlockDevice()).toBe(true);
    await host.done(['start', machine.name]);
    await machine.shell(
      'mkdir /again; mount --bind / /again; mount -o remount,bind,dev / /; mount -o remount,bind,dev /again',
    );
    const paths = ['/planted-disk', '/planted-log', '/again/planted-disk', '/again/planted-log'];
    const outcomes = await machine.attack('devices', 'open', ...paths);
    expect(outcomes).toEqual(Object.fromEntries(paths.map((path) => [`open-${path}`, 'EACCES'])));
  });

  it("open nothing in a directory of the host's, unless its device nodes are bound too", async () => {
    const folder = join(host.root, 'folder');
    const node = join(folder, 'zero');
    mkdirSync(folder);
    execFileSync('mknod', ['-m', '0600', node, 'c', '1', '5']);
    const binds = [`bind=${folder}:/plain`, `bind=${folder}:/devices:dev`, `bind=${node}:/node`];
    await host.done(['set', machine.name, ...binds]);
    await host.done(['restart', machine.name, '--timeout', '5']);
    await machine.shell('mount -o remount,bind,dev /plain');
    expect(await machine.attack('devices', 'open', '/plain/zero', '/devices/zero', '/node')).toEqual({
      'open-/plain/zero': 'EACCES',
      'open-/devices/zero': 'ok',
      'open-/node': 'ok',
    });
  });

  it('are not in /dev, which holds what is listed and no more', async () => {
    const nodes = (await machine.ask('cd /dev; ls -A')).split('\n');
    const expected = [
      'console',
      'core',
      'fd',
      'full',
      'fuse',
      'mqueue',
      'net',
      'null',
      'ptmx',
      'pts',
      'random',
      'shm',
      'stderr',
      'stdin',
      'stdout',
      'tty',
      'urandom',
      'zero',
    ];
    expect(nodes.filter((name) => !expected.includes(name))).toEqual([]);
  });
});

describe("a file system that is the host's", () => {
  it('is mounted by no machine', async () => {
    const outcomes = await machine.attack('mounts');
    expect(successes(outcomes)).toEqual([]);
    expect(outcomes).toMatchObject({ devtmpfs: 'EPERM', debugfs: 'EPERM', 'cgroup-new-hierarchy': 'EPERM' });
  });

  it('is mounted where the user namespace is missing', async () => {
    expect(successes(await privileged.attack('mounts'))).toEqual(
      expect.arrayContaining(['devtmpfs', 'debugfs']),
    );
  });
});
