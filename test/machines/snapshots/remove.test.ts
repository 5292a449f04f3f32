import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  cloneRequest,
  readFileOf,
  readFileOfSnapshot,
  snapshotLayers,
  snapshotRequest,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

/** snap1, snap2, snap3 hold `a` = 1, 2, 3, and each a file of its own. */
async function withThree(storage: 'overlay' | 'dir' = 'overlay'): Promise<MachinesFixture> {
  const fixture = await withMachine('stopped', 'web', { storage });
  for (const text of ['1', '2', '3']) {
    writeFileOf(fixture, 'web', 'a', text);
    writeFileOf(fixture, 'web', `only-${text}`, text);
    await fixture.machines.snapshot('web', snapshotRequest());
  }
  return fixture;
}

describe('snapshot-remove', () => {
  it.each(['overlay', 'dir'] as const)(
    'on %s moves it to the trash; others and the machine stay',
    async (storage) => {
      const fixture = await withThree(storage);
      const { machines, paths } = fixture;
      await machines.removeSnapshots('web', ['snap2'], { now: false });
      expect((await machines.snapshots('web')).map(({ name, parent }) => [name, parent])).toEqual([
        ['snap1', null],
        ['snap3', 'snap1'],
      ]);
      expect(readdirSync(paths.trash)).toEqual([expect.stringMatching(/^web@snap2\.\d+$/)]);
      expect(readFileOfSnapshot(fixture, 'web', 'snap3', 'a')).toBe('3');
      expect(readFileOf(fixture, 'web', 'only-2')).toBe('2');
      expect((await eventsOf(machines)).at(-1)).toMatchObject({
        type: 'snapshot-removed',
        details: { snapshot: 'snap2', trash: expect.any(String) },
      });
    },
  );

  it('of the one that the machine goes on from leaves it going on from the one before', async () => {
    const { machines } = await withThree();
    await machines.removeSnapshots('web', ['snap3'], { now: false });
    expect((await machines.readConfig('web')).storage.snapshot).toBe('snap2');
    await machines.removeSnapshots('web', ['snap1', 'snap2'], { now: true });
    expect('snapshot' in (await machines.readConfig('web')).storage).toBe(false);
  });

  it('for good merges the layer that nobody else uses into the next', async () => {
    const fixture = await withThree();
    const { machines, paths, root } = fixture;
    expect(snapshotLayers(fixture)).toHaveLength(3);
    await machines.removeSnapshots('web', ['snap2'], { now: true });
    expect(snapshotLayers(fixture)).toHaveLength(2);
    expect(readFileOfSnapshot(fixture, 'web', 'snap3', 'a')).toBe('3');
    expect(readFileOfSnapshot(fixture, 'web', 'snap3', 'only-2')).toBe('2');
    expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'a')).toBe('1');
    expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'only-2')).toBeUndefined();
    expect(readFileOf(fixture, 'web', 'only-1')).toBe('1');
    expect([readdirSync(paths.trash), readdirSync(join(root, 'intents'))]).toEqual([[], []]);
    await machines.removeSnapshots('web', ['snap1', 'snap3'], { now: true });
    expect(snapshotLayers(fixture)).toHaveLength(1);
    expect(['only-1', 'only-2', 'a'].map((path) => readFileOf(fixture, 'web', path))).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('merges nothing of a running machine, nor what a clone or the trash still names', async () => {
    const fixture = await withThree();
    const { machines } = fixture;
    await machines.clone('web@snap2', 'copy', cloneRequest());
    await machines.removeSnapshots('web', ['snap2'], { now: true });
    expect(snapshotLayers(fixture)).toHaveLength(3);
    await machines.destroy('copy', { force: false, now: false });
    await machines.snapshot('web', snapshotRequest({ keep: 3 }));
    expect(snapshotLayers(fixture)).toHaveLength(3);
    await machines.emptyTrash(undefined);
    await machines.start('web', { ifNeeded: false });
    await machines.removeSnapshots('web', ['snap4'], { now: true });
    expect(snapshotLayers(fixture)).toHaveLength(3);
  });

  it('removes all that are named or, if one is not there, none', async () => {
    const { machines } = await withThree();
    const wrong = await caught(() => machines.removeSnapshots('web', ['snap1', 'snap4'], { now: true }));
    expect(wrong.code).toBe('no-such-machine');
    expect((await caught(() => machines.removeSnapshots('web', ['../x'], { now: true }))).code).toBe('usage');
    expect(await machines.snapshots('web')).toHaveLength(3);
  });

  it('frees the layer of a snapshot that was restored away from', async () => {
    const fixture = await withThree();
    const { machines } = fixture;
    await machines.restore('web', 'snap1', snapshotRequest());
    await machines.removeSnapshots('web', ['snap2', 'snap3', 'before-restore-1'], { now: true });
    expect(snapshotLayers(fixture)).toHaveLength(1);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
  });
});
