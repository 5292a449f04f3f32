import { describe, expect, it } from 'vitest';
import {
  keptWith,
  parseTrashed,
  strayKeptStates,
  trashEntries,
  trashedMachine,
  trashedPaths,
  trashedSnapshot,
  trashedWithMachine,
} from '../../../../src/machines/managed/images/trash-names.ts';

const now = 1_700_000_000_000;

describe('names of images in the trash', () => {
  it('are hidden, and tell what lies there', () => {
    const image = trashedMachine('web', now);
    expect(image.startsWith('.')).toBe(true);
    expect(parseTrashed(image)).toEqual({
      image,
      kind: 'machine',
      entry: `web.${now}`,
      machine: 'web',
      snapshot: undefined,
      withMachine: undefined,
      removedAt: now,
    });
  });

  it('tell a removed snapshot from one that went with its machine', () => {
    expect(parseTrashed(trashedSnapshot('web', 'a.1', now))).toMatchObject({
      kind: 'snapshot',
      entry: `web@a.1.${now}`,
      snapshot: 'a.1',
      withMachine: undefined,
    });
    expect(parseTrashed(trashedWithMachine('web', 'a.1', now))).toMatchObject({
      kind: 'machine',
      entry: `web.${now}`,
      snapshot: undefined,
      withMachine: 'a.1',
    });
  });

  it('are clear for machines with dots and numbers in their names', () => {
    const machine = 'web.17.example';
    expect(parseTrashed(trashedMachine(machine, now))?.machine).toBe(machine);
    expect(parseTrashed(trashedWithMachine(machine, '9.9', now))).toMatchObject({
      machine,
      withMachine: '9.9',
    });
    expect(parseTrashed(trashedPaths(machine, now))).toMatchObject({ machine, kind: 'paths' });
  });

  it.each([
    '.tsmachine-trash-machine.x.web',
    '.tsmachine-trash-machine.1.',
    '.tsmachine-trash-snapshot.1.web',
    '.tsmachine-trash-snapshot.1.web@../x',
    '.tsmachine-trash-paths.1.web@s',
    '.tsmachine-trash-other.1.web',
    '.tsmachine-making.web',
    'web',
  ])('%s is none', (image) => {
    expect(parseTrashed(image)).toBeUndefined();
  });
});

describe('the trash', () => {
  const old = trashedMachine('web', now - 1);
  const machine = trashedMachine('web', now);
  const kept = trashedWithMachine('web', 's', now);
  const snapshot = trashedSnapshot('db', 's', now - 2);

  it('is told newest first, kept states with their machines', () => {
    const images = [old, snapshot, kept, 'web', machine];
    expect(trashEntries(images).map(({ entry }) => entry)).toEqual([
      `web.${now}`,
      `web.${now - 1}`,
      `db@s.${now - 2}`,
    ]);
    const [first] = trashEntries(images);
    expect(first && keptWith(first, images).map(({ withMachine }) => withMachine)).toEqual(['s']);
  });

  it('knows kept states whose machine did not follow', () => {
    expect(strayKeptStates([machine, kept])).toEqual([]);
    expect(strayKeptStates([old, kept])).toMatchObject([{ machine: 'web', withMachine: 's', image: kept }]);
  });
});
