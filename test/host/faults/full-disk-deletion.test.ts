/** A disk without a free block: what deletes works all the same, and a rename is done or not begun. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from '../storage/disk.ts';
import { destroyAll, elsewhere, namesIn } from './elsewhere.ts';
import { fillDisk, makeRoomOn } from './filled-disk.ts';
import { expectNothingLeaked, textIn, writeIn } from './kept-store.ts';

const host = withRoot();

let disk: Disk;
let place: HostRoot;
afterEach(async () => {
  makeRoomOn(disk);
  await destroyAll(place);
  disk.remove();
});

async function prepare(kind: 'ext4' | 'btrfs' | 'tmpfs'): Promise<void> {
  disk = makeDisk(kind, kind === 'btrfs' ? 256 : 64);
  place = elsewhere(host, `${disk.folder}/root`);
  for (const name of ['web', 'other']) {
    await place.done(['create', name, '-t', 'busybox', '--storage', 'dir']);
    await place.done(['snapshot', name, 'first']);
    writeIn(place, name, 'root/mark', name);
  }
}

describe.each(['ext4', 'btrfs', 'tmpfs'] as const)('without a free block on %s', (kind) => {
  it('machines go to the trash, one after the other, and the trash can be emptied', async () => {
    await prepare(kind);
    fillDisk(disk, 0);
    await place.done(['destroy', 'web']);
    fillDisk(disk, 0);
    await place.done(['destroy', 'other']);
    fillDisk(disk, 0);
    expect(await namesIn(place)).toEqual([]);
    await place.done(['trash', 'empty', '--yes']);
    makeRoomOn(disk);
    expectNothingLeaked(place);
    await place.done(['create', 'web', '-t', 'busybox']);
  });
});

it.each([
  'destroy web --now',
  'destroy web other --now',
  'snapshot-remove web first --now',
  'snapshot-remove web first',
])('without a free block, %s works', async (words) => {
  await prepare('ext4');
  fillDisk(disk, 0);
  await place.done(words.split(' '));
  makeRoomOn(disk);
  expectNothingLeaked(place);
});

describe('a rename without a free block', () => {
  it('is done', async () => {
    await prepare('ext4');
    fillDisk(disk, 0);
    await place.done(['rename', 'web', 'www']);
    expect(textIn(place, 'www', 'etc/hostname')).toBe('www\n');
    expectNothingLeaked(place);
  });

  it('leaves all as it was if there is no reserve, and says why', async () => {
    await prepare('ext4');
    rmSync(join(place.root, 'reserve'));
    fillDisk(disk, 0);
    const { code, stderr } = await place.cli(['rename', 'web', 'www']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
    expect(stderr).not.toContain('could not be undone');
    makeRoomOn(disk);
    await place.done(['start', 'web']);
    await place.done(['kill', 'web']);
    expect(await namesIn(place)).toEqual(['other', 'web']);
    expectNothingLeaked(place);
  });
});

it('the reserve is there again as soon as there is room', async () => {
  await prepare('ext4');
  fillDisk(disk, 0);
  await place.done(['destroy', 'web']);
  makeRoomOn(disk);
  await place.done(['trash', 'empty', '--yes']);
  expect(existsSync(join(place.root, 'reserve'))).toBe(true);
});
