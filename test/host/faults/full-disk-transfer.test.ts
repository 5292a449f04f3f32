/** A disk that is full or becomes full: archives and images are whole or not there, and the words say that there was no room. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from '../storage/disk.ts';
import { destroyAll, elsewhere } from './elsewhere.ts';
import { fillDisk, makeRoomOn } from './filled-disk.ts';
import { expectNothingLeaked, textIn, writeIn } from './kept-store.ts';

const host = withRoot();
const MARK = 'root/mark';
const LARGE = 'root/large';
/** Of which no compressor makes little. */
const noise = () => Array.from({ length: 2 ** 17 }, () => Math.random().toString(36)).join('');
/** Bytes that are left: not enough for a note, for the first files, for all of them. */
const lefts = [0, 2 ** 15, 2 ** 17, 2 ** 19, 2 ** 20];

let disk: Disk;
let place: HostRoot;
beforeEach(() => {
  disk = makeDisk('ext4', 64);
  place = elsewhere(host, `${disk.folder}/root`);
});
afterEach(async () => {
  makeRoomOn(disk);
  await destroyAll(place);
  disk.remove();
});

async function create(driver: 'overlay' | 'dir'): Promise<void> {
  await place.done(['create', 'web', '-t', 'busybox', '--storage', driver]);
  writeIn(place, 'web', MARK, 'one');
  writeIn(place, 'web', LARGE, noise());
  await place.done(['snapshot', 'web', 'first']);
  writeIn(place, 'web', MARK, 'two');
}

/** Fails for want of room and leaves nothing, however much is left; with room it works. */
async function expectRefused(args: readonly string[], check: () => void = () => {}): Promise<void> {
  for (const left of lefts) {
    fillDisk(disk, left);
    const { code, stderr } = await place.cli(args);
    const when = `${args.join(' ')} with ${left} bytes`;
    expect([code, stderr], when).toEqual([1, expect.stringMatching(/ENOSPC|No space left|is (too )?full/)]);
    makeRoomOn(disk);
    expectNothingLeaked(place, when);
    check();
  }
  await place.done(args);
  expectNothingLeaked(place);
}

describe.each(['overlay', 'dir'] as const)('on a full disk, on %s', (driver) => {
  it('an archive is not written', async () => {
    await create(driver);
    const folder = `${disk.folder}/archives`;
    mkdirSync(folder);
    await expectRefused(['export', 'web', `${folder}/web.tar`, '--snapshots'], () =>
      expect(readdirSync(folder)).toEqual([]),
    );
    expect(readdirSync(folder)).toEqual(['web.tar']);
  });

  it('no machine comes of an archive', async () => {
    await create(driver);
    const archive = `${host.root}/web-${driver}.tar.zst`;
    await place.done(['export', 'web', archive, '--snapshots']);
    await expectRefused(['import', archive, 'copy'], () =>
      expect(existsSync(`${place.root}/machines/copy`)).toBe(false),
    );
    expect([textIn(place, 'copy', MARK), textIn(place, 'copy@first', MARK)]).toEqual(['two', 'one']);
    rmSync(archive);
  });

  it('paths are not put back, and come back from the trash when there is room', async () => {
    await create(driver);
    writeIn(place, 'web', LARGE, noise());
    const large = textIn(place, 'web', LARGE);
    await expectRefused(['revert', 'web', '/root', '--from', 'web@first'], () =>
      expect(textIn(place, 'web', MARK)).toBe('two'),
    );
    expect(textIn(place, 'web', MARK)).toBe('one');
    const [entry = ''] = readdirSync(`${place.root}/trash`);
    await expectRefused(['trash', 'restore', entry], () => expect(textIn(place, 'web', MARK)).toBe('one'));
    expect([textIn(place, 'web', MARK), textIn(place, 'web', LARGE) === large]).toEqual(['two', true]);
  });
});

it('on a full disk an image is not pulled', async () => {
  for (const folder of ['machines', 'layers', 'images']) {
    mkdirSync(`${place.root}/${folder}`, { recursive: true });
  }
  await expectRefused(['image', 'pull', 'busybox'], () =>
    expect(readdirSync(`${place.root}/images`)).toEqual([]),
  );
});
