/** A power cut right after a state was said to be kept, or in the middle of it: what the disk holds then has all that was kept, to the last byte. */
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crashPoints, type SteppedCommand } from '../../../src/machines/store/crash-points.ts';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { itWhere } from '../../setup/it-where.ts';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { createDisk, type Disk } from './disk.ts';
import { destroyAll, elsewhere, namesIn } from './elsewhere.ts';
import { expectNothingLeaked, snapshotsOf, textIn, writeIn } from './kept-store.ts';
import { expectUsable, stateOf } from './store-state.ts';

const host = withRoot();
const DATA = 'root/data';

/** More than a file system writes down together with the name of a file. */
const data = (word: string) => `${word} `.repeat(20_000);

describe.each(['overlay', 'dir', 'btrfs'] as const)('after a power cut on %s', (driver) => {
  let disk: Disk;
  let here: HostRoot;
  beforeEach(async () => {
    disk = createDisk(driver === 'btrfs' ? 'btrfs' : 'ext4');
    here = inThisProcess(elsewhere(host, disk.root));
    await here.done(['create', 'web', '-t', 'busybox', '--storage', driver]);
    write('one');
    await here.done(['snapshot', 'web', 'first']);
    sync();
  });
  afterEach(async () => {
    await destroyAll(here);
    disk.remove();
  });

  /** The first word of the file, or what else it is. */
  function wordIn(state: string): string | undefined {
    const text = textIn(here, state, DATA);
    const word = text?.split(' ', 1)[0] ?? '';
    return text === undefined || text === data(word)
      ? text && word
      : `${text.length} bytes: ${text.slice(0, 20)}`;
  }
  const write = (word: string) => writeIn(here, 'web', DATA, data(word));
  const sync = () => execFileSync('sync', ['--file-system', disk.root]);
  const wordsInSnapshots = () => snapshotsOf(here, 'web').map((name) => wordIn(`web@${name}`));

  it('a snapshot that was taken holds all that was written before', async () => {
    write('two');
    await here.done(['snapshot', 'web', 'second']);
    disk.cutPower();
    expect([wordIn('web@first'), wordIn('web@second')]).toEqual(['one', 'two']);
    expectNothingLeaked(here);
    await here.done(['restore', 'web', 'second']);
    expect(wordIn('web')).toBe('two');
    await expectUsable(here, 'web');
  });

  // Two btrfs of one origin cannot be mounted at once, and that of a machine that runs is in use.
  itWhere(driver !== 'btrfs')('so does one of a running machine', async () => {
    await here.done(['start', 'web']);
    await here.done(['exec', 'web', '--', 'cp', `/${DATA}`, '/root/copy']);
    await here.done(['snapshot', 'web', 'second']);
    await disk.afterPowerCut(async (root) => {
      const there = elsewhere(host, root);
      expect(textIn(there, 'web@second', 'root/copy')).toBe(data('one'));
      expectNothingLeaked(there);
    });
  });

  it('a restore has kept what was before', async () => {
    write('two');
    await here.done(['restore', 'web', 'first']);
    disk.cutPower();
    expect(wordIn('web')).toBe('one');
    expect(wordsInSnapshots().sort()).toEqual(['one', 'two']);
    expectNothingLeaked(here);
    await here.done(['undo']);
    expect(wordIn('web')).toBe('two');
  });

  it('a clone holds what it was made of', async () => {
    write('two');
    await here.done(['clone', 'web', 'other']);
    await here.done(['clone', 'web@first', 'older']);
    disk.cutPower();
    expect([wordIn('other'), wordIn('older')]).toEqual(['two', 'one']);
    for (const name of ['other', 'older']) expect(textIn(here, name, 'etc/hostname')).toBe(`${name}\n`);
    // Notes of clones that were done may be found, and are taken away by the next command.
    for (const name of ['other', 'older']) await expectUsable(here, name);
    expectNothingLeaked(here);
  });

  it('a path that was put back is', async () => {
    write('two');
    await here.done(['revert', 'web', `/${DATA}`, '--from', 'web@first']);
    disk.cutPower();
    expect(wordIn('web')).toBe('one');
    expectNothingLeaked(here);
  });

  it('a machine that was destroyed can be brought back, and one that was is there', async () => {
    await here.done(['destroy', 'web']);
    disk.cutPower();
    await here.done(['undo']);
    disk.cutPower();
    expect(await stateOf(here, 'web')).toBe('stopped');
    expect([wordIn('web@first'), wordIn('web')]).toEqual(['one', 'one']);
    expectNothingLeaked(here);
  });

  itWhere(driver === 'overlay')('layers that were merged look as before', async () => {
    write('two');
    await here.done(['snapshot', 'web', 'second']);
    writeIn(here, 'web', 'root/more', data('more'));
    await here.done(['snapshot', 'web', 'third']);
    await here.done(['snapshot-remove', 'web', 'second', '--now']);
    disk.cutPower();
    expect([wordIn('web@third'), textIn(here, 'web@third', 'root/more')]).toEqual(['two', data('more')]);
    expectNothingLeaked(here);
  });

  /** What is done, and after which steps files lie otherwise on the drivers that keep whole trees: what they share is tried on overlay. */
  const deeds: readonly {
    readonly command: SteppedCommand;
    readonly args: readonly string[];
    readonly moved: readonly number[];
  }[] = [
    { command: 'snapshot', args: ['snapshot', 'web', 'fourth'], moved: [3, 4] },
    { command: 'restore', args: ['restore', 'web', 'first'], moved: [3, 4, 6] },
    { command: 'clone', args: ['clone', 'web', 'other'], moved: [4, 7, 9] },
    { command: 'snapshot-remove', args: ['snapshot-remove', 'web', 'second'], moved: [4] },
    { command: 'merge', args: ['snapshot-remove', 'web', 'second', '--now'], moved: [] },
    { command: 'destroy', args: ['destroy', 'web'], moved: [3] },
    { command: 'revert', args: ['revert', 'web', `/${DATA}`, '--from', 'web@first'], moved: [4, 5] },
  ];
  const all = (command: SteppedCommand) =>
    Array.from({ length: crashPoints[command] }, (_, index) => index + 1);
  const cuts = deeds
    .map(({ command, args, moved }) => ({
      command,
      args,
      points: driver === 'overlay' ? all(command) : moved,
    }))
    .filter(({ points }) => points.length > 0);

  it.each(cuts)(
    'in the middle of $command the next command makes all whole',
    async ({ command, args, points }) => {
      write('two');
      await here.done(['snapshot', 'web', 'second']);
      write('three');
      await here.done(['snapshot', 'web', 'third']);
      write('four');
      const before = disk.remember();
      for (const point of points) {
        const when = `step ${point}`;
        await here.cli(args, { env: { TSMACHINE_CRASH_AT: `${command}:${point}` } });
        disk.cutPower();
        await here.done(['create', 'passing', '-t', 'busybox']);
        expectNothingLeaked(here, when);
        const names = await namesIn(here);
        if (!names.includes('web')) await here.done(['undo']);
        expect([wordIn('web@first'), wordIn('web@third')], when).toEqual(['one', 'three']);
        expect(['one', 'four'], when).toContain(wordIn('web'));
        if (command === 'revert' && wordIn('web') === 'one') await here.done(['undo']);
        expect([wordIn('web'), ...wordsInSnapshots()], when).toContain('four');
        if (names.includes('other')) expect(wordIn('other'), when).toBe('four');
        before.goBack();
      }
    },
  );
});
