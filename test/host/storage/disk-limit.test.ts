/** disk.max and images on a btrfs of the test's own, by the built program. */
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from './disk.ts';

const { cli, done } = withRoot();
let disk: Disk;
const on = (...args: readonly string[]) => ['--root', disk.folder, ...args];

beforeAll(() => {
  disk = makeDisk('btrfs', 512);
});
afterAll(async () => {
  await cli(on('destroy', '--now', '--force', 'web', 'copy'));
  disk.remove();
});

function fill(name: string, megabytes: number) {
  const script = `dd if=/dev/zero of=/root/large bs=1M count=${megabytes} && sync`;
  return cli(on('exec', name, '--', 'sh', '-c', script));
}

it('disk.max bites in a running machine, is raised while it runs, and holds after restore and for a clone', async () => {
  await done(on('create', 'web', '-t', 'busybox', '--storage', 'btrfs', '--set', 'disk.max=24M', '--start'));
  const full = await fill('web', 40);
  expect(full.code).not.toBe(0);
  expect(full.stderr).toMatch(/[Qq]uota exceeded|No space/);
  expect(await done(on('set', 'web', 'disk.max=100M'))).toBe('web: changed\n');
  expect((await fill('web', 40)).code).toBe(0);
  expect(await done(on('config', 'web', 'disk.max'))).toBe('100M\n');
  expect(await done(on('info', 'web'))).toMatch(/disk limit +100 MiB/);

  await done(on('exec', 'web', '--', 'rm', '/root/large'));
  await done(on('stop', 'web'));
  await done(on('set', 'web', 'disk.max=24M'));
  await done(on('snapshot', 'web', 'small'));
  await done(on('set', 'web', 'disk.max=max'));
  await done(on('clone', 'web@small', 'copy', '--start'));
  expect((await fill('copy', 40)).code).not.toBe(0);
  await done(on('restore', 'web', 'small'));
  await done(on('start', 'web'));
  expect((await fill('web', 40)).code).not.toBe(0);
});

it('image remove takes the subvolume too that btrfs machines begin as, once none is left', async () => {
  const removed = JSON.parse(await done(on('image', 'remove', 'busybox', '--json'))).removed;
  expect(removed).toMatchObject([{ freedBytes: 0, usedBy: { machines: ['copy', 'web'] } }]);
  const [layer = ''] = readdirSync(`${disk.folder}/layers`);
  expect(existsSync(`${disk.folder}/layers/${layer}/subvolume`)).toBe(true);
  await done(on('destroy', '--now', '--force', 'web', 'copy'));
  expect(readdirSync(`${disk.folder}/layers`)).toEqual([]);
});
