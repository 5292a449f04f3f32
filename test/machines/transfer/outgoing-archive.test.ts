import { describe, expect, it } from 'vitest';
import { destinationOf } from '../../../src/machines/transfer/archive-file.ts';
import {
  manifestOf,
  outgoingArchive,
  snapshotNames,
} from '../../../src/machines/transfer/outgoing-archive.ts';
import { exampleConfig } from '../../fakes/machine-config.ts';

const files = { driver: 'dir', layers: [], tree: '/tree' } as const;
const config = exampleConfig;

function snapshot(name: string, second: number, parent: string | null) {
  const createdAt = new Date(second * 1000).toISOString();
  return {
    files,
    record: { version: 1, name, machine: 'web', createdAt, parent, automatic: false, config } as const,
  };
}

function basesOf(goesOnFrom: string | undefined, ...snapshots: readonly ReturnType<typeof snapshot>[]) {
  const outgoing = outgoingArchive('web', { hostname: 'web', config, files, goesOnFrom }, snapshots);
  return {
    names: snapshotNames(outgoing),
    bases: outgoing.states.map(({ packed }) => packed.base),
    from: outgoing.config.storage.snapshot,
  };
}

describe('states that go into an archive', () => {
  it('are the present one alone, which then goes on from none', () => {
    expect(basesOf('gone')).toEqual({ names: [], bases: [undefined], from: undefined });
  });

  it('come oldest first, each with what it goes on from, else the first one', () => {
    expect(
      basesOf('two', snapshot('three', 3, 'one'), snapshot('two', 2, 'gone'), snapshot('one', 1, null)),
    ).toEqual({ names: ['one', 'two', 'three'], bases: [undefined, 0, 0, 1], from: 'two' });
  });

  it('never go on from one that comes later', () => {
    expect(basesOf('one', snapshot('two', 2, null), snapshot('one', 1, 'two')).bases).toEqual([
      undefined,
      0,
      0,
    ]);
  });

  it('are in the manifest, with the paths that each has lost', () => {
    const outgoing = outgoingArchive('web', { hostname: 'old', config, files, goesOnFrom: 'one' }, [
      snapshot('one', 1, null),
    ]);
    const manifest = JSON.parse(manifestOf(outgoing)([[], [Buffer.from('etc/hosts')]]).toString());
    expect(manifest).toMatchObject({ name: 'web', hostname: 'old', states: [{ base: null }, { base: 0 }] });
    expect(manifest.states[1].removed).toEqual([Buffer.from('etc/hosts').toString('base64')]);
  });
});

describe('where an archive goes', () => {
  const work = { snapshots: false, force: false, progress: () => {}, signal: new AbortController().signal };
  const target = { path: '/nowhere/web.archive' };

  it('says how it is compressed, unless that was asked for', () => {
    expect(() => destinationOf({ target, ...work })).toThrow('does not follow from its name');
    expect(destinationOf({ target, compression: 'none', ...work }).compression).toBe('none');
    expect(destinationOf({ target: 'stdout', ...work }).compression).toBe('zstd');
    expect(destinationOf({ target: 'stdout', compression: 'xz', ...work }).compression).toBe('xz');
  });
});
