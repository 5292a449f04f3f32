import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layersBelow, mergeablePairs } from '../../../src/machines/layers/compaction.ts';
import type { NamedStack } from '../../../src/machines/layers/references.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import {
  readFileOf,
  readFileOfSnapshot,
  snapshotLayers,
  snapshotRequest,
  writeFileOf,
} from '../../fakes/machine-files.ts';

function stack(machine: string | undefined, layers: string): NamedStack {
  return { path: '', machine, layers: layers.split('') };
}

const image = stack(undefined, 'z');

describe('a pair of layers that can be merged', () => {
  it.each<[string, readonly NamedStack[], string | undefined]>([
    ['the lowest own one and what is on it', [stack('web', 'cbaz'), image], 'ba'],
    ['not where a snapshot begins', [stack('web', 'bz'), stack('web', 'abz'), image], undefined],
    ['above where a snapshot begins', [stack('web', 'az'), stack('web', 'cbaz'), image], 'cb'],
    ['not where two go on from it', [stack('web', 'baz'), stack('web', 'caz'), image], undefined],
    ['not what another machine names', [stack('web', 'baz'), stack('db', 'baz'), image], undefined],
    ['not what the trash names', [stack('web', 'baz'), stack(undefined, 'az'), image], undefined],
    ['not what a layer of an image is', [stack('web', 'az'), image], undefined],
    ['not the top', [stack('web', 'az'), image], undefined],
    ['nothing of nothing', [], undefined],
  ])('is %s', (_, stacks, expected) => {
    const [pair] = mergeablePairs(stacks, 'web');
    expect(pair === undefined ? undefined : pair.upper + pair.lower).toBe(expected);
  });
});

describe('what lies below a layer', () => {
  it.each<[string, readonly NamedStack[], string | undefined]>([
    ['is told if all stacks of the machine have the same', [stack('web', 'cbaz'), stack('web', 'baz')], 'az'],
    ['is nothing below the lowest', [stack('web', 'cb')], ''],
    ['is not known if they differ', [stack('web', 'baz'), stack('web', 'bz')], undefined],
    ['is not looked for elsewhere', [stack(undefined, 'cb'), stack('web', 'baz')], 'az'],
    ['is not known of what nobody names', [stack('web', 'az')], undefined],
  ])('%s', (_, stacks, expected) => {
    expect(layersBelow('b', 'web', stacks)?.join('')).toBe(expected);
  });
});

describe('merging', () => {
  it('is told what lies deeper', async () => {
    const fixture = await withMachine();
    const { machines, backend, paths } = fixture;
    for (const text of ['1', '2', '3']) {
      writeFileOf(fixture, 'web', 'a', text);
      await machines.snapshot('web', snapshotRequest());
    }
    const [, upper, lower, image] = (await machines.readConfig('web')).storage.layers;
    await machines.removeSnapshots('web', ['snap1'], { now: true });
    const trees = [upper, lower, image].map((id) => paths.layerTree(id ?? ''));
    expect(backend.calls).toContain(`merge ${trees.join(' ')}`);
  });

  it('is tried after a snapshot when the stack is deep and has layers where nothing begins', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    for (let depth = 1; depth <= 101; depth += 1) {
      writeFileOf(fixture, 'web', `file-${depth}`, String(depth));
      await machines.snapshot('web', snapshotRequest());
    }
    expect(snapshotLayers(fixture)).toHaveLength(101);
    // Gone while the machine ran: then nothing could be merged.
    for (const name of ['snap50', 'snap51']) {
      renameSync(paths.snapshot('web', name), join(paths.root, name));
    }
    await machines.snapshot('web', snapshotRequest());
    expect(snapshotLayers(fixture)).toHaveLength(99);
    expect(['file-1', 'file-50', 'file-101'].map((path) => readFileOf(fixture, 'web', path))).toEqual([
      '1',
      '50',
      '101',
    ]);
    expect((await machines.snapshots('web')).every(({ problem }) => problem === null)).toBe(true);
  });

  it('that fails leaves all as it was, and is no failure of the command', async () => {
    const fixture = await withMachine();
    const { machines, backend, paths } = fixture;
    for (const text of ['1', '2', '3']) {
      writeFileOf(fixture, 'web', 'a', text);
      await machines.snapshot('web', snapshotRequest());
    }
    const { merge } = backend.storage;
    const fail = () => {
      throw new Error('no luck');
    };
    Object.assign(backend.storage, { merge: fail });
    await machines.removeSnapshots('web', ['snap1'], { now: true });
    expect((await machines.snapshots('web')).map(({ problem }) => problem)).toEqual([null, null]);
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    expect(readFileOfSnapshot(fixture, 'web', 'snap2', 'a')).toBe('2');
    await machines.start('web', { ifNeeded: false });
    await machines.stop('web', { timeoutSeconds: 1 });
    expect([snapshotLayers(fixture).length, readdirSync(paths.intents)]).toEqual([3, []]);
    Object.assign(backend.storage, { merge });
    await machines.snapshot('web', snapshotRequest({ keep: 1 }));
    expect(snapshotLayers(fixture)).toHaveLength(1);
  });
});
