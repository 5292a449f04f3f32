/**
 * Real processes, killed at every numbered step (crash-points.ts) and in the middle of the storage's work, on the fake backend:
 * nothing lost, nothing leaked, and the next command works.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReferences } from '../../../src/machines/layers/references.ts';
import type { SteppedCommand } from '../../../src/machines/store/crash-points.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { killedProgram, stepsOf } from '../../fakes/killed-program.ts';
import {
  cloneRequest,
  readFileOf,
  readFileOfSnapshot,
  snapshotLayers,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines } from '../../fakes/machines-fixture.ts';

const { die, dieInStorage } = killedProgram();

/** `web` with snap1 (`a` = 1), snap2 (2), and 3 in it now; `note` = 1 from the beginning. */
async function prepared(storage: 'overlay' | 'dir' = 'overlay'): Promise<MachinesFixture> {
  const fixture = await withMachine('stopped', 'web', { storage });
  writeFileOf(fixture, 'web', 'note', '1');
  for (const text of ['1', '2']) {
    writeFileOf(fixture, 'web', 'a', text);
    await fixture.machines.snapshot('web', snapshotRequest());
  }
  writeFileOf(fixture, 'web', 'a', '3');
  return fixture;
}

function names(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

/** A command on something else has settled what was left. */
async function settled({ root }: MachinesFixture): Promise<MachinesFixture> {
  const fixture = makeMachines(root);
  await fixture.machines.emptyTrash([]);
  return fixture;
}

async function expectWhole(fixture: MachinesFixture): Promise<void> {
  const { root, machines, paths } = fixture;
  const owners = names(join(root, 'ids')).map((base) => readFileSync(join(root, 'ids', base), 'utf8'));
  const trashed = (await machines.trash()).filter(({ kind }) => kind === 'machine');
  expect(owners.sort()).toEqual([...(await machines.names()), ...trashed.map(({ entry }) => entry)].sort());
  expect([...names(paths.stagings), ...names(paths.intents)]).toEqual([]);
  expect(names(paths.trash)).toEqual((await machines.trash()).map(({ entry }) => entry).sort());
  const { stacks, unreadable } = readReferences(paths);
  const named = new Set(stacks.flatMap(({ layers }) => layers));
  expect(unreadable).toEqual([]);
  for (const id of named) expect(existsSync(paths.layerTree(id)), id).toBe(true);
  expect(snapshotLayers(fixture).filter((id) => !named.has(id))).toEqual([]);
  for (const name of await machines.names()) {
    expect((await machines.snapshots(name)).map(({ problem }) => problem)).toEqual(
      (await machines.snapshots(name)).map(() => null),
    );
    expect(readFileOf(fixture, name, 'note')).toBe('1');
    expect(readFileOf(fixture, name, 'greeting')).toBe('hello');
  }
}

async function expectSnapshots(
  fixture: MachinesFixture,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  const found = (await fixture.machines.snapshots('web')).map(({ name }) => [
    name,
    readFileOfSnapshot(fixture, 'web', name, 'a'),
  ]);
  expect(Object.fromEntries(found)).toEqual(expected);
}

const drivers = ['overlay', 'dir'] as const;

/** All steps on overlay, and on dir those at which files lie otherwise. */
function onEach(command: SteppedCommand, onDir: readonly number[]): readonly ['overlay' | 'dir', number][] {
  return [
    ...stepsOf(command).map((step): ['overlay', number] => ['overlay', step]),
    ...onDir.map((step): ['dir', number] => ['dir', step]),
  ];
}

describe('a snapshot that is killed', () => {
  it.each(onEach('snapshot', [2, 3, 4, 5]))(
    'on %s at step %d is there whole or not at all',
    async (driver, step) => {
      const before = await prepared(driver);
      await die('snapshot', step, [before.root, 'web']);
      const fixture = await settled(before);
      expect(readFileOf(fixture, 'web', 'a')).toBe('3');
      await expectSnapshots(
        fixture,
        step <= 2 ? { snap1: '1', snap2: '2' } : { snap1: '1', snap2: '2', snap3: '3' },
      );
      await expectWhole(fixture);
      await fixture.machines.snapshot('web', snapshotRequest({ snapshot: 'next' }));
      expect((await fixture.machines.snapshots('web')).at(-1)?.parent).toBe(step <= 2 ? 'snap2' : 'snap3');
      await expectWhole(fixture);
    },
  );

  it.each(onEach('snapshot', [2, 3, 4, 5]))(
    'of a running machine on %s at step %d changes nothing of it',
    async (driver, step) => {
      const before = await prepared(driver);
      const { layers } = (await before.machines.readConfig('web')).storage;
      await die('snapshot', step, [before.root, 'web'], 'snapshot:live');
      const fixture = await settled(before);
      expect(readFileOf(fixture, 'web', 'a')).toBe('3');
      expect((await fixture.machines.readConfig('web')).storage.layers).toEqual(layers);
      await expectSnapshots(
        fixture,
        step <= 3 ? { snap1: '1', snap2: '2' } : { snap1: '1', snap2: '2', snap3: '3' },
      );
      await expectWhole(fixture);
    },
  );

  it.each([
    ['snapshot', 'overlay', 'keep'],
    ['snapshot:live', 'overlay', 'copy'],
    ['snapshot', 'dir', 'copy'],
    ['snapshot:live', 'dir', 'keep'],
  ] as const)('(%s) on %s in the middle of the %s loses nothing', async (verb, driver, where) => {
    const before = await prepared(driver);
    await dieInStorage(where, [verb, before.root, 'web']);
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    await expectWhole(fixture);
    expect(await fixture.machines.snapshots('web')).toHaveLength(
      verb === 'snapshot' && where === 'keep' ? 3 : 2,
    );
  });
});

describe('a restore that is killed', () => {
  const was = { snap1: '1', snap2: '2' };
  it.each(onEach('restore', [2, 3, 4, 6]))(
    'on %s at step %d has been done or not begun',
    async (driver, step) => {
      const before = await prepared(driver);
      await die('restore', step, [before.root, 'web', 'snap1']);
      const fixture = await settled(before);
      const done = step > 2;
      expect(readFileOf(fixture, 'web', 'a')).toBe(done ? '1' : '3');
      await expectSnapshots(fixture, done ? { ...was, 'before-restore-1': '3' } : was);
      expect((await fixture.machines.readConfig('web')).storage.snapshot).toBe(done ? 'snap1' : 'snap2');
      await expectWhole(fixture);
      await fixture.machines.restore('web', 'snap2', work);
      expect(readFileOf(fixture, 'web', 'a')).toBe('2');
      await expectWhole(fixture);
    },
  );

  it.each(drivers)('on %s in the middle of its files keeps both', async (driver) => {
    const before = await prepared(driver);
    await dieInStorage('replace', ['restore', before.root, 'web', 'snap1']);
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
    await expectSnapshots(fixture, { ...was, 'before-restore-1': '3' });
    await expectWhole(fixture);
  });

  it('in the middle of its files, of a machine that had not changed, leaves it a folder to write in', async () => {
    const before = await prepared();
    await before.machines.restore('web', 'snap1', work);
    await dieInStorage('replace', ['restore', before.root, 'web', 'snap2']);
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('2');
    expect(existsSync(join(fixture.paths.machine('web'), 'storage', 'upper'))).toBe(true);
    await expectSnapshots(fixture, {
      snap1: '1',
      snap2: '2',
      'before-restore-1': '3',
      'before-restore-2': '1',
    });
    await expectWhole(fixture);
  });

  it('is completed also if the snapshot was damaged since', async () => {
    const before = await prepared();
    await dieInStorage('replace', ['restore', before.root, 'web', 'snap1']);
    writeFileSync(join(before.paths.snapshot('web', 'snap1'), 'snapshot.json'), '{');
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
    expect(readFileOfSnapshot(fixture, 'web', 'before-restore-1', 'a')).toBe('3');
    expect(readdirSync(fixture.paths.intents)).toEqual([]);
  });

  it.each(stepsOf('restore'))('as an undo, at step %d, has been done or not begun', async (step) => {
    const before = await prepared();
    await before.machines.restore('web', 'snap1', work);
    writeFileOf(before, 'web', 'b', '4');
    await die('restore', step, [before.root], 'undo');
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe(step > 2 ? '3' : '1');
    await expectWhole(fixture);
    await fixture.machines.undo(work);
    expect(readFileOf(fixture, 'web', 'a')).toBe(step > 2 ? '1' : '3');
  });
});

describe('a clone that is killed', () => {
  it.each(onEach('clone', [3, 4, 5, 7]))(
    'on %s at step %d never shows a half-made machine',
    async (driver, step) => {
      const before = await prepared(driver);
      await die('clone', step, [before.root, 'web', 'copy']);
      const fixture = await settled(before);
      expect(await fixture.machines.names()).toEqual(step > 7 ? ['copy', 'web'] : ['web']);
      await expectSnapshots(fixture, { snap1: '1', snap2: '2' });
      await expectWhole(fixture);
      if (step <= 7) await fixture.machines.clone('web', 'copy', cloneRequest());
      expect(readFileOf(fixture, 'copy', 'a')).toBe('3');
      expect(readFileOf(fixture, 'web', 'a')).toBe('3');
      await expectWhole(fixture);
    },
  );

  it.each([3, 4, 7, 8])('from a snapshot at step %d leaves the source alone', async (step) => {
    const before = await prepared();
    const config = await before.machines.readConfig('web');
    await die('clone', step, [before.root, 'web@snap1', 'copy']);
    const fixture = await settled(before);
    expect(await fixture.machines.readConfig('web')).toEqual(config);
    await expectWhole(fixture);
  });

  it.each([3, 4, 5, 7, 8])('of a running machine at step %d leaks no layer', async (step) => {
    const before = await prepared();
    await die('clone', step, [before.root, 'web', 'copy'], 'clone:live');
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    await expectWhole(fixture);
  });

  it.each(['clone', 'clone:live'])('(%s) in the middle of its files loses nothing', async (verb) => {
    const before = await prepared();
    await dieInStorage('clone', [verb, before.root, 'web', 'copy']);
    const fixture = await settled(before);
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    await expectWhole(fixture);
  });
});

describe('a snapshot-remove that is killed', () => {
  const cases = stepsOf('snapshot-remove').flatMap((step) => [[step, ''] as const, [step, 'now'] as const]);
  it.each(cases)('at step %d (%s) is carried out, or was not begun', async (step, now) => {
    const before = await prepared();
    await die('snapshot-remove', step, [before.root, 'web', 'snap2', now]);
    const fixture = await settled(before);
    await expectSnapshots(fixture, step === 1 ? { snap1: '1', snap2: '2' } : { snap1: '1' });
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    expect((await fixture.machines.readConfig('web')).storage.snapshot).toBe(step === 1 ? 'snap2' : 'snap1');
    await expectWhole(fixture);
  });

  it.each(stepsOf('merge'))('at step %d of the merge of its layer loses nothing', async (step) => {
    const before = await prepared();
    await die('merge', step, [before.root, 'web', 'snap1', 'now'], 'snapshot-remove');
    const fixture = await settled(before);
    await expectSnapshots(fixture, { snap2: '2' });
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    await expectWhole(fixture);
    await fixture.machines.snapshot('web', snapshotRequest({ keep: 1 }));
    expect(snapshotLayers(fixture)).toHaveLength(1);
    await expectWhole(fixture);
  });

  it('in the middle of merged files loses nothing', async () => {
    const before = await prepared();
    writeFileOf(before, 'web', 'b', '3');
    await before.machines.snapshot('web', snapshotRequest());
    await dieInStorage('merge', ['snapshot-remove', before.root, 'web', 'snap2', 'now']);
    const fixture = await settled(before);
    await expectSnapshots(fixture, { snap1: '1', snap3: '3' });
    await expectWhole(fixture);
    expect(snapshotLayers(fixture)).toHaveLength(2);
  });

  it.each(stepsOf('purge'))('at step %d of the purge leaves nothing behind', async (step) => {
    const before = await prepared();
    await before.machines.destroy('web', { force: false, now: false });
    await die('purge', step, [before.root], 'trash-empty');
    const fixture = await settled(before);
    expect(await fixture.machines.trash()).toHaveLength(step === 1 ? 1 : 0);
    expect(snapshotLayers(fixture)).toHaveLength(step === 1 ? 2 : 0);
    await expectWhole(fixture);
  });
});

describe('a recovery that is killed', () => {
  it.each([
    ['snapshot', 'keep', ['web'], '3'],
    ['restore', 'replace', ['web', 'snap1'], '1'],
    ['clone', 'clone', ['web', 'copy'], '3'],
  ] as const)('of a %s is taken up by the next one', async (command, where, args, expected) => {
    const before = await prepared();
    await dieInStorage(where, [command, before.root, ...args]);
    await dieInStorage(where, ['rename', before.root, 'web', 'www']);
    const fixture = await settled(before);
    expect(await fixture.machines.names()).toEqual(['web']);
    expect(readFileOf(fixture, 'web', 'a')).toBe(expected);
    await expectWhole(fixture);
  });

  it.each([3, 4, 5])('in the middle of a merge, at step %d, is taken up by the next one', async (step) => {
    const before = await prepared();
    await die('merge', 3, [before.root, 'web', 'snap1', 'now'], 'snapshot-remove');
    await die('merge', step, [before.root, 'web', 'www'], 'rename');
    const fixture = await settled(before);
    await expectSnapshots(fixture, { snap2: '2' });
    await expectWhole(fixture);
    expect(snapshotLayers(fixture)).toHaveLength(1);
  });
});

describe('a trash restore that is killed', () => {
  it.each(stepsOf('trash-restore'))(
    'of a machine at step %d gives it back, or was not begun',
    async (step) => {
      const before = await prepared();
      await before.machines.destroy('web', { force: false, now: false });
      await die('trash-restore', step, [before.root, 'web2']);
      const fixture = await settled(before);
      expect(await fixture.machines.names()).toEqual(step === 1 ? [] : ['web2']);
      await expectWhole(fixture);
      if (step === 1) await fixture.machines.undo(work);
      expect(readFileOf(fixture, step === 1 ? 'web' : 'web2', 'a')).toBe('3');
    },
  );

  it.each([1, 2, 5, 6, 7])('of a snapshot at step %d gives it back, or was not begun', async (step) => {
    const before = await prepared();
    await before.machines.removeSnapshots('web', ['snap1'], { now: false });
    await die('trash-restore', step, [before.root], 'undo');
    const fixture = await settled(before);
    await expectSnapshots(fixture, step === 1 ? { snap2: '2' } : { snap1: '1', snap2: '2' });
    await expectWhole(fixture);
  });
});
