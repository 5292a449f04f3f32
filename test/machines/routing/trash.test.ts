import { describe, expect, it, vi } from 'vitest';
import type { Machines, TrashSummary } from '../../../src/machines/machines.ts';
import { snapshot, summary } from '../../commands/stub-machines.ts';
import { work } from '../../fakes/machine-files.ts';
import { twoSides } from '../../fakes/two-sides.ts';
import { caught } from '../caught.ts';

const at = (minute: number): string => `2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`;
const entry = (machine: string, minute: number): TrashSummary => ({
  entry: `${machine}.${minute}`,
  kind: 'machine',
  machine,
  snapshot: null,
  paths: null,
  removedAt: at(minute),
  keptUntil: at(59),
});
const trashOf = (...entries: readonly TrashSummary[]) => ({ trash: async () => entries });

describe('the trash', () => {
  it('is that of both, the newest first', async () => {
    const { machines } = twoSides({
      native: trashOf(entry('web', 20), entry('old', 1)),
      managed: trashOf(entry('db', 10)),
    });
    expect((await machines.trash()).map(({ machine }) => machine)).toEqual(['web', 'db', 'old']);
  });

  it('gives back to the side that an entry is of', async () => {
    const restoreFromTrash = vi.fn(async () => 'db');
    const { machines } = twoSides({
      native: trashOf(entry('web', 20)),
      managed: { ...trashOf(entry('db', 10)), restoreFromTrash },
    });
    expect(await machines.restoreFromTrash('db.10', { as: undefined }, work)).toBe('db');
    expect(restoreFromTrash).toHaveBeenCalledOnce();
  });

  it('gives no machine back under a name that the other side has by now', async () => {
    const sides = { own: ['db'], native: trashOf(), managed: trashOf(entry('db', 10)) };
    const { machines } = twoSides(sides);
    const error = await caught(() => machines.restoreFromTrash('db.10', { as: undefined }, work));
    expect(error.message).toBe('there is a native machine "db" already');
  });

  it('is emptied on both sides', async () => {
    const [own, theirs] = [vi.fn(async () => 2), vi.fn(async () => 3)];
    const { machines } = twoSides({ native: { emptyTrash: own }, managed: { emptyTrash: theirs } });
    expect(await machines.emptyTrash(undefined, work)).toBe(5);
  });

  it('loses what was named, each on its side', async () => {
    const [own, theirs] = [vi.fn(async () => 1), vi.fn(async () => 1)];
    const { machines } = twoSides({
      native: { ...trashOf(entry('web', 20)), emptyTrash: own },
      managed: { ...trashOf(entry('db', 10)), emptyTrash: theirs },
    });
    expect(await machines.emptyTrash(['db.10', 'web.20'], work)).toBe(2);
    expect(own).toHaveBeenCalledWith(['web.20'], work);
    expect(theirs).toHaveBeenCalledWith(['db.10'], work);
  });

  it('loses nothing if one that was named is nowhere', async () => {
    const theirs = vi.fn(async () => 1);
    const { machines } = twoSides({
      native: {
        ...trashOf(),
        emptyTrash: async () => {
          throw new Error('there is no "x.1" in the trash');
        },
      },
      managed: { ...trashOf(entry('db', 10)), emptyTrash: theirs },
    });
    await expect(machines.emptyTrash(['db.10', 'x.1'], work)).rejects.toThrow('x.1');
    expect(theirs).not.toHaveBeenCalled();
  });
});

describe('undo', () => {
  const side = (name: string, trash: readonly TrashSummary[], restoredAt?: number): Partial<Machines> => ({
    ...trashOf(...trash),
    list: async () => [summary(name, { snapshots: restoredAt === undefined ? 0 : 1 })],
    snapshots: async () =>
      restoredAt === undefined
        ? []
        : [snapshot('before-restore-1', { automatic: true, createdAt: at(restoredAt) })],
    undo: async () => ({ deed: 'destroy', machine: name, snapshot: null }),
  });

  it.each([
    ['a later destroy here', side('web', [entry('web', 20)]), side('db', [entry('db', 10)]), 'web'],
    ['a later destroy there', side('web', [entry('web', 10)]), side('db', [entry('db', 20)]), 'db'],
    ['a later restore there', side('web', [entry('web', 20)]), side('db', [], 30), 'db'],
    ['a later restore here', side('web', [], 30), side('db', [entry('db', 20)]), 'web'],
    ['nothing there', side('web', []), side('db', []), 'web'],
    ['nothing here', side('web', []), side('db', [entry('db', 20)]), 'db'],
  ] as const)('reverses what was done last: %s', async (_, native, managed, machine) => {
    expect(await twoSides({ native, managed }).machines.undo(work)).toMatchObject({ machine });
  });

  it('brings back what one command removed on both sides', async () => {
    const undone = (machine: string) => ({ deed: 'destroy', machine, snapshot: null }) as const;
    const undoCommand = vi.fn(async () => [undone('web')]);
    const { machines } = twoSides({
      native: { ...side('web', [entry('web', 10)]), undoCommand },
      managed: {
        ...side('db', [entry('db', 20)]),
        undo: async () => ({ ...undone('db'), command: { id: 'a', results: [undone('db')] } }),
      },
    });
    expect((await machines.undo(work)).command?.results).toEqual([undone('db'), undone('web')]);
    expect(undoCommand).toHaveBeenCalledWith('a', work);
  });

  it('reverses what was done here where the manager does not answer', async () => {
    const { machines, warnings } = twoSides({ native: side('web', []), broken: true });
    expect(await machines.undo(work)).toMatchObject({ machine: 'web' });
    expect(warnings).toHaveLength(1);
  });
});
