/**
 * SIGKILL of the built program at each numbered step (src/machines/store/crash-points.ts) of what keeps, replaces, copies and
 * removes states, with real machines on each driver.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { crashPoints, type SteppedCommand } from '../../../src/machines/store/crash-points.ts';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { itWhere } from '../../setup/it-where.ts';
import { type HostRoot, withRoot } from '../../setup/with-root.ts';
import { type Disk, makeDisk } from '../storage/disk.ts';
import { destroyAll, elsewhere, namesIn } from './elsewhere.ts';
import { expectNothingLeaked, snapshotsOf, textIn, writeIn } from './kept-store.ts';
import { stateOf } from './store-state.ts';

/** Each driver has its own, for they are tried side by side. */
const hosts = { overlay: withRoot(), dir: withRoot(), btrfs: withRoot() } as const;
const MARK = 'root/mark';

describe.concurrent.each(['overlay', 'dir', 'btrfs'] as const)('on %s', (driver) => {
  describe.sequential('killed at each step', () => triedOn(driver));
});

function triedOn(driver: keyof typeof hosts): void {
  const host = hosts[driver];
  let disk: Disk | undefined;
  let place: HostRoot;
  beforeAll(async () => {
    disk = driver === 'btrfs' ? makeDisk('btrfs', 512) : undefined;
    place = inThisProcess(elsewhere(host, `${disk?.folder ?? host.root}/root`));
    await place.done(['create', 'web', '-t', 'busybox', '--storage', driver]);
    mark('one');
    await place.done(['snapshot', 'web', 'first']);
  });
  beforeEach(() => mark('two'));
  afterEach(async () => {
    const others = (await namesIn(place)).filter((name) => name !== 'web');
    const snapshots = snapshotsOf(place, 'web').filter((name) => name !== 'first');
    if (others.length > 0) await place.done(['destroy', ...others, '--force', '--now']);
    if (snapshots.length > 0) await place.done(['snapshot-remove', 'web', ...snapshots, '--now']);
    await place.done(['trash', 'empty', '--yes']);
    expectNothingLeaked(place, 'at the end');
  });
  afterAll(async () => {
    await destroyAll(place);
    disk?.remove();
  });

  const mark = (text: string) => writeIn(place, 'web', MARK, text);
  const expectMarks = (expected: Readonly<Record<string, string>>, when: string) => {
    const found = Object.keys(expected).map((state) => [state, textIn(place, state, MARK)]);
    expect(Object.fromEntries(found), when).toEqual(expected);
  };

  /** Dies at the step; what only looks works then, and the same command given again ends with one of the codes. */
  async function killAt(
    command: SteppedCommand,
    point: number,
    args: readonly string[],
    codes: readonly number[],
  ) {
    const killed = await place.cli(args, { env: { TSMACHINE_CRASH_AT: `${command}:${point}` } });
    expect(killed.killedBy, `${args.join(' ')} reaches step ${point}\n${killed.stderr}`).toBe('SIGKILL');
    if (point % 2 === 0) await place.done(['doctor']);
    else if ((await namesIn(place)).includes('web')) await place.done(['snapshots', 'web']);
    const again = await place.cli(args);
    expect(codes, `${args.join(' ')} after step ${point}\n${again.stderr}`).toContain(again.code);
  }

  const trashed = async (): Promise<readonly string[]> =>
    JSON.parse(await place.done(['trash', 'list', '--json'])).trash.map(
      ({ entry }: { readonly entry: string }) => entry,
    );

  /** The machine itself sees what lies in its files. */
  async function expectSeenInside(machine: string): Promise<void> {
    const expected = textIn(place, machine, MARK);
    await place.done(['start', machine, '--if-needed']);
    expect(await place.done(['exec', machine, '--', 'cat', `/${MARK}`])).toBe(expected);
    expect(await place.done(['exec', machine, '--', 'hostname'])).toBe(`${machine}\n`);
    await place.done(['kill', machine]);
  }

  /** All steps on overlay; `moved`: those around which files lie otherwise, for the drivers that keep whole trees. */
  async function atEachStep(
    command: SteppedCommand,
    moved: readonly number[],
    deed: (point: number, when: string) => Promise<void>,
  ): Promise<void> {
    const all = Array.from({ length: crashPoints[command] }, (_, index) => index + 1);
    for (const point of driver === 'overlay' ? all : moved) {
      await deed(point, `step ${point} of ${command}`);
      expectNothingLeaked(place, `step ${point} of ${command}`);
    }
  }

  it('a snapshot is there whole or not at all, and the machine is as it was', async () => {
    const marks: Record<string, string> = { 'web@first': 'one' };
    await atEachStep('snapshot', [2, 3, 4, 5], async (point, when) => {
      mark(when);
      await killAt('snapshot', point, ['snapshot', 'web', `s${point}`], [0, 1]);
      marks[`web@s${point}`] = when;
      expectMarks({ ...marks, web: when }, when);
    });
    await expectSeenInside('web');
  });

  it('a snapshot of a running machine leaves it running', async () => {
    const marks: Record<string, string> = { 'web@first': 'one' };
    await place.done(['start', 'web']);
    await atEachStep('snapshot', [2, 3, 4, 5], async (point, when) => {
      await place.done(['exec', 'web', '--', 'sh', '-c', `printf '${when}' > /${MARK}`]);
      await killAt('snapshot', point, ['snapshot', 'web', `s${point}`], [0, 1]);
      expect(await stateOf(place, 'web'), when).toBe('running');
      expect(await place.done(['exec', 'web', '--', 'cat', `/${MARK}`]), when).toBe(when);
      marks[`web@s${point}`] = when;
      expectMarks(marks, when);
    });
    await place.done(['kill', 'web']);
  });

  it('a restore has been done or not begun, and what was before is kept', async () => {
    await atEachStep('restore', [2, 3, 4, 5, 6], async (point, when) => {
      mark(when);
      await killAt('restore', point, ['restore', 'web', 'first'], [0]);
      expectMarks({ 'web@first': 'one', web: 'one' }, when);
      const kept = snapshotsOf(place, 'web').map((name) => textIn(place, `web@${name}`, MARK));
      expect(kept, when).toContain(when);
    });
    await expectSeenInside('web');
  });

  itWhere(driver === 'overlay')('the undoing of a restore has been done or not begun', async () => {
    await atEachStep('restore', [2, 3, 4, 5, 6], async (point, when) => {
      mark(when);
      await place.done(['restore', 'web', 'first']);
      await killAt('restore', point, ['undo'], [0]);
      const kept = snapshotsOf(place, 'web').map((name) => textIn(place, `web@${name}`, MARK));
      expect([...kept, textIn(place, 'web', MARK)], when).toContain(when);
      expect(textIn(place, 'web@first', MARK), when).toBe('one');
    });
  });

  it('a clone is there whole or not at all', async () => {
    const marks: Record<string, string> = { 'web@first': 'one' };
    await atEachStep('clone', [3, 4, 6, 7, 8], async (point, when) => {
      mark(when);
      await killAt('clone', point, ['clone', 'web', `c${point}`], [0, 1]);
      marks[`c${point}`] = when;
      expectMarks({ ...marks, web: when }, when);
    });
    await expectSeenInside('web');
    await expectSeenInside('c4');
  });

  it('a clone of a snapshot is there whole or not at all', async () => {
    const clone = async (point: number, when: string) => {
      await killAt('clone', point, ['clone', 'web@first', `c${point}`], [0, 1]);
      expectMarks({ 'web@first': 'one', [`c${point}`]: 'one', web: 'two' }, when);
    };
    await atEachStep('clone', [3, 4, 6, 7, 8], clone);
    await expectSeenInside('c4');
  });

  it('a clone of a running machine leaves that running', async () => {
    const marks: Record<string, string> = { 'web@first': 'one' };
    await place.done(['start', 'web']);
    const clone = async (point: number, when: string) => {
      await place.done(['exec', 'web', '--', 'sh', '-c', `printf '${when}' > /${MARK}`]);
      await killAt('clone', point, ['clone', 'web', `c${point}`], [0, 1]);
      expect(await stateOf(place, 'web'), when).toBe('running');
      marks[`c${point}`] = when;
      expectMarks(marks, when);
    };
    await atEachStep('clone', [3, 4, 6, 7, 8], clone);
    await place.done(['kill', 'web']);
    await expectSeenInside('c4');
  });

  it('a snapshot that is removed takes nothing with it, and comes back', async () => {
    await place.done(['snapshot', 'web', 'second']);
    mark('three');
    await atEachStep('snapshot-remove', [2, 3, 4, 6], async (point, when) => {
      await killAt('snapshot-remove', point, ['snapshot-remove', 'web', 'first'], [0, 3]);
      expect(snapshotsOf(place, 'web'), when).toEqual(['second']);
      expectMarks({ 'web@second': 'two', web: 'three' }, when);
      await place.done(['undo']);
      expectMarks({ 'web@first': 'one', 'web@second': 'two', web: 'three' }, when);
    });
    await expectSeenInside('web');
  });

  it('a snapshot comes back from the trash', async () => {
    const bringBack = async (point: number, when: string) => {
      // Only machines have an identity.
      if (point === 4) return;
      await place.done(['snapshot-remove', 'web', 'first']);
      await killAt('trash-restore', point, ['undo'], [0, 4]);
      expectMarks({ 'web@first': 'one', web: 'two' }, when);
    };
    await atEachStep('trash-restore', [2, 3, 4, 5], bringBack);
  });

  it('a machine that is destroyed comes back with all that it had', async () => {
    await atEachStep('destroy', [2, 3, 4], async (point, when) => {
      await killAt('destroy', point, ['destroy', 'web'], [0, 3]);
      expect(await stateOf(place, 'web'), when).toBe('absent');
      expectNothingLeaked(place, when);
      await place.done(['undo']);
      expectMarks({ 'web@first': 'one', web: 'two' }, when);
    });
    await expectSeenInside('web');
  });

  it('a machine comes back from the trash', async () => {
    await atEachStep('trash-restore', [2, 3, 4, 5], async (point, when) => {
      await place.done(['destroy', 'web']);
      await killAt('trash-restore', point, ['undo'], [0, 4]);
      expectMarks({ 'web@first': 'one', web: 'two' }, when);
    });
    await expectSeenInside('web');
  });

  it('what is removed for good goes to the end', async () => {
    await atEachStep('purge', [2, 3, 4, 5], async (point, when) => {
      await place.done(['clone', 'web@first', 'gone']);
      writeIn(place, 'gone', MARK, 'gone');
      await place.done(['snapshot', 'gone', 'its-own']);
      await place.done(['destroy', 'gone']);
      await killAt('purge', point, ['trash', 'empty', '--yes'], [0]);
      expect(await place.done(['trash', 'list', '-q']), when).toBe('');
      expect(textIn(place, 'web@first', MARK), when).toBe('one');
    });
    await expectSeenInside('web');
  });

  it('a path is put back, or is what it was', async () => {
    await atEachStep('revert', [2, 3, 4, 5], async (point, when) => {
      mark(when);
      await killAt('revert', point, ['revert', 'web', `/${MARK}`, '--from', 'web@first'], [0]);
      expectMarks({ 'web@first': 'one', web: 'one' }, when);
      // One that died before step 4 left nothing, and after one that died behind it the second one had nothing to do; else it kept what
      // the first one had put back.
      for (const entry of (await trashed()).slice(0, point === 4 ? 2 : 1))
        await place.done(['trash', 'restore', entry]);
      expectMarks({ web: when }, when);
    });
    await expectSeenInside('web');
  });

  it('a path comes back from the trash, or is still there', async () => {
    await atEachStep('revert', [2, 3, 4, 5], async (point, when) => {
      mark(when);
      await place.done(['trash', 'empty', '--yes']);
      await place.done(['revert', 'web', `/${MARK}`, '--from', 'web@first']);
      const [entry = ''] = await trashed();
      await killAt('revert', point, ['trash', 'restore', entry], [0]);
      expectMarks({ 'web@first': 'one', web: when }, when);
      expect(await trashed(), when).not.toContain(entry);
    });
    await expectSeenInside('web');
  });

  itWhere(driver === 'overlay')('layers that are merged look the same', async () => {
    writeIn(place, 'web', 'root/deleted', 'soon');
    await place.done(['snapshot', 'web', 'base']);
    await atEachStep('merge', [], async (point, when) => {
      mark(`below ${point}`);
      await place.done(['snapshot', 'web', 'below']);
      mark(when);
      await place.done(['snapshot', 'web', `s${point}`]);
      await killAt('merge', point, ['snapshot-remove', 'web', 'below', '--now'], [0, 3]);
      expectMarks({ 'web@first': 'one', [`web@s${point}`]: when, web: when }, when);
    });
    await expectSeenInside('web');
  });
}
