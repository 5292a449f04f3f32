/** The tree of snapshots when one of them goes, and comes back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withMachine } from '../../fakes/created-machines.ts';
import { killedProgram, stepsOf } from '../../fakes/killed-program.ts';
import { snapshotRequest, work } from '../../fakes/machine-files.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';

const { die } = killedProgram();
const toTrash = { now: false };

/** a <- b <- c, and d goes on from b too. */
async function withTree(): Promise<MachinesFixture> {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const fixture = await withMachine();
  const { machines } = fixture;
  for (const snapshot of ['a', 'b', 'c']) {
    later();
    await machines.snapshot('web', snapshotRequest({ snapshot }));
  }
  later();
  await machines.restore('web', 'b', work);
  await machines.snapshot('web', snapshotRequest({ snapshot: 'd' }));
  await machines.removeSnapshots('web', ['before-restore-1'], { now: true });
  later();
  return fixture;
}

const later = () => void vi.setSystemTime(Date.now() + 1000);

async function treeOf({ machines }: MachinesFixture): Promise<Readonly<Record<string, string | null>>> {
  const tree = (await machines.snapshots('web')).map(({ name, parent }) => [name, parent] as const);
  const current = (await machines.snapshots('web')).find((snapshot) => snapshot.current);
  return { ...Object.fromEntries(tree), now: current?.name ?? null };
}

const whole = { a: null, b: 'a', c: 'b', d: 'b', now: 'd' };

describe('the tree of snapshots', () => {
  it.each(['a', 'b', 'c', 'd'])('is as before when %s comes back', async (snapshot) => {
    const fixture = await withTree();
    expect(await treeOf(fixture)).toEqual(whole);
    await fixture.machines.removeSnapshots('web', [snapshot], toTrash);
    expect(await treeOf(fixture)).not.toEqual(whole);
    await fixture.machines.undo(work);
    expect(await treeOf(fixture)).toEqual(whole);
    expect(existsSync(join(fixture.paths.snapshot('web', snapshot), 'handed-on.json'))).toBe(false);
  });

  it('is as before when several come back, the last first', async () => {
    const fixture = await withTree();
    for (const snapshot of ['a', 'b', 'd']) {
      later();
      await fixture.machines.removeSnapshots('web', [snapshot], toTrash);
    }
    expect(await treeOf(fixture)).toEqual({ c: null, now: null });
    for (const _ of [1, 2, 3]) await fixture.machines.undo(work);
    expect(await treeOf(fixture)).toEqual(whole);
  });

  it('keeps what has become of it since', async () => {
    const fixture = await withTree();
    const { machines } = fixture;
    await machines.removeSnapshots('web', ['d'], toTrash);
    const [{ entry } = { entry: '' }] = await machines.trash();
    later();
    // The same one that it went on from, but other files.
    await machines.restore('web', 'b', work);
    await machines.restoreFromTrash(entry, { as: undefined });
    expect(await treeOf(fixture)).toMatchObject({ d: 'b', now: 'b' });
  });

  it('does not take a later snapshot for the one that had its name', async () => {
    const fixture = await withTree();
    const { machines } = fixture;
    await machines.removeSnapshots('web', ['b'], toTrash);
    const [{ entry } = { entry: '' }] = await machines.trash();
    await machines.removeSnapshots('web', ['c', 'd'], { now: true });
    later();
    await machines.snapshot('web', snapshotRequest({ snapshot: 'c' }));
    await machines.restoreFromTrash(entry, { as: 'b2' });
    expect(await treeOf(fixture)).toEqual({ a: null, b2: 'a', c: 'a', now: 'c' });
  });

  it.each([...stepsOf('trash-restore')].filter((step) => step !== 4))(
    'is as before when its coming back is killed at step %d',
    async (step) => {
      const fixture = await withTree();
      await fixture.machines.removeSnapshots('web', ['b'], toTrash);
      await die('trash-restore', step, [fixture.root, '']);
      if (step === 1) await fixture.machines.undo(work);
      await fixture.machines.changeSettings('web', { 'pids.max': '9' });
      expect(await treeOf(fixture)).toEqual(whole);
    },
  );
});
