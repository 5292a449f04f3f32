/** A disk that is full: what keeps or copies states says so, undoes what it began, and works again when there is room. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from '../storage/disk.ts';
import { destroyAll, elsewhere } from './elsewhere.ts';
import { fillDisk, makeRoomOn } from './filled-disk.ts';
import { expectNothingLeaked, textIn, writeIn } from './kept-store.ts';
import { stateOf } from './store-state.ts';

const host = withRoot();
const MARK = 'root/mark';
/** What the copies would take more than there is. */
const LARGE = 'x'.repeat(4 * 2 ** 20);

let disk: Disk;
let place: HostRoot;
beforeEach(() => {
  disk = makeDisk('ext4', 64);
  place = elsewhere(host, `${disk.folder}/root`);
});
afterEach(async () => {
  makeRoom();
  await destroyAll(place);
  disk.remove();
});

const makeRoom = () => makeRoomOn(disk);
const fill = (left: number) => fillDisk(disk, left);

async function create(driver: 'overlay' | 'dir'): Promise<void> {
  await place.done(['create', 'web', '-t', 'busybox', '--storage', driver]);
  writeIn(place, 'web', MARK, 'one');
  writeIn(place, 'web', 'root/large', LARGE);
  await place.done(['snapshot', 'web', 'first']);
  writeIn(place, 'web', MARK, 'two');
  writeIn(place, 'web', 'root/large', `${LARGE}more`);
}

/** Fails for want of room and leaves all as it was; with room it works. */
async function expectRefused(args: readonly string[], left: number): Promise<void> {
  fill(left);
  const { code, stderr } = await place.cli(args);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/ENOSPC|No space left|full/)]);
  expect(textIn(place, 'web@first', MARK)).toBe('one');
  expectNothingLeaked(place);
  makeRoom();
  await place.done(args);
  expectNothingLeaked(place);
}

describe('on a full disk', () => {
  it.each(['overlay', 'dir'] as const)(
    'a running machine on %s goes on without its snapshot',
    async (driver) => {
      await create(driver);
      await place.done(['start', 'web']);
      await expectRefused(['snapshot', 'web', 'second'], 2 ** 20);
      expect(await stateOf(place, 'web')).toBe('running');
      expect(await place.done(['exec', 'web', '--', 'cat', `/${MARK}`])).toBe('two');
      expect(textIn(place, 'web@second', MARK)).toBe('two');
      await place.done(['kill', 'web']);
    },
  );

  it('a clone on dir is not made', async () => {
    await create('dir');
    await expectRefused(['clone', 'web', 'other'], 2 ** 20);
    expect([textIn(place, 'other', MARK), textIn(place, 'web', MARK)]).toEqual(['two', 'two']);
  });

  it('a restore on dir is not begun', async () => {
    await create('dir');
    await expectRefused(['restore', 'web', 'first'], 2 ** 20);
    expect(textIn(place, 'web', MARK)).toBe('one');
  });

  it('a path is not put back', async () => {
    await create('dir');
    await expectRefused(['revert', 'web', '/root', '--from', 'web@first'], 2 ** 20);
    expect(textIn(place, 'web', MARK)).toBe('one');
  });

  it.each(['overlay', 'dir'] as const)(
    'with no byte left, all of a stopped machine on %s is whole afterwards',
    async (driver) => {
      await create(driver);
      await place.done(['snapshot', 'web', 'second']);
      writeIn(place, 'web', MARK, 'three');
      for (const args of [
        ['snapshot', 'web', 'third'],
        ['clone', 'web@second', 'other'],
        ['restore', 'web', 'second'],
        ['snapshot-remove', 'web', 'first', '--now'],
        ['destroy', 'web'],
      ]) {
        fill(0);
        const { code, stderr } = await place.cli(args);
        expect([0, 1], stderr).toContain(code);
        if (code === 1) expect(stderr).toMatch(/ENOSPC|No space left|full/);
        makeRoom();
        if (code === 1) await place.done(args);
        expectNothingLeaked(place, args.join(' '));
      }
      await place.done(['undo']);
      expect([
        textIn(place, 'web', MARK),
        textIn(place, 'web@second', MARK),
        textIn(place, 'web@third', MARK),
      ]).toEqual(['two', 'two', 'three']);
    },
  );
});
