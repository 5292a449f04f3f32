/** Ctrl-C while something is deleted for good: what was begun goes with the next command, what was not stays. */
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RemovalWork, StorageProgress, StorageWork } from '../../../src/backends/storage.ts';
import { readIntents } from '../../../src/machines/store/intents.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { readFileOf, snapshotRequest, writeFileOf } from '../../fakes/machine-files.ts';
import { type MachinesFixture, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

/** A person who presses Ctrl-C when something at `path` begins to go. Gives also what the work tells. */
function interruptAt({ backend }: MachinesFixture, path: string) {
  const controller = new AbortController();
  const told: StorageProgress[] = [];
  const { remove } = backend.storage;
  Object.assign(backend.storage, {
    remove: async (removed: string, work?: StorageWork) => {
      if (removed.includes(path)) controller.abort();
      work?.signal.throwIfAborted();
      work?.progress({ done: 5, total: undefined, unit: 'bytes', deed: 'removing' });
      await remove(removed);
    },
  });
  const work: StorageWork = { signal: controller.signal, progress: (step) => told.push(step) };
  return { work, told, controller };
}

async function withTrash(names: readonly string[]): Promise<MachinesFixture> {
  const fixture = await withMachine();
  for (const name of names) {
    await fixture.machines.create(request(name));
    await fixture.machines.destroy(name, { force: false, now: false });
  }
  return fixture;
}

describe('trash empty, broken off', () => {
  it('keeps the entries whose turn has not come, and says so', async () => {
    const fixture = await withTrash(['one', 'two', 'three']);
    const { machines, paths } = fixture;
    const entries = (await machines.trash()).map(({ entry }) => entry);
    const { work } = interruptAt(fixture, entries[1] ?? '');
    const error = await caught(() => machines.emptyTrash(entries, work));
    expect(error.message).toBe(
      `interrupted; of 3 entries 1 is removed for good, what is left of ${entries[1]} will be, 1 stays in the trash`,
    );
    expect(error.hint).toContain('the next command that changes a machine');
    expect((await machines.trash()).map(({ entry }) => entry)).toEqual([entries[2]]);
    // One note for the next command, of all that were begun: layers of the first may be left too.
    expect(readIntents(paths)).toMatchObject([{ operation: 'purge', entries: entries.slice(0, 2) }]);
    expect(readdirSync(paths.trash).filter((name) => name.startsWith('.'))).toHaveLength(1);
  });

  it('before it began keeps all', async () => {
    const fixture = await withTrash(['one', 'two']);
    const { machines } = fixture;
    const { work, controller } = interruptAt(fixture, 'nothing');
    controller.abort();
    const error = await caught(() => machines.emptyTrash(undefined, work));
    expect(error.message).toBe('interrupted; of 2 entries 0 are removed for good, 2 stay in the trash');
    expect(await machines.trash()).toHaveLength(2);
  });
});

describe('the progress of a deletion', () => {
  it('goes on from one tree to the next, of what all of them and their layers hold', async () => {
    const fixture = await withTrash(['one', 'two', 'three']);
    const { machines, backend, paths } = fixture;
    await machines.destroy('web', { force: false, now: false });
    await machines.removeImages(machines.imageKeys());
    const coming: (readonly string[])[] = [];
    const told: StorageProgress[] = [];
    const { remove } = backend.storage;
    Object.assign(backend.storage, {
      remove: async (path: string, work?: RemovalWork) => {
        const later = work?.later ?? [];
        coming.push(later.map((tree) => relative(paths.root, tree)));
        work?.progress({ done: 0, total: 5 * (later.length + 1), unit: 'bytes', deed: 'removing' });
        work?.progress({ done: 5, total: undefined, unit: 'bytes', deed: 'removing' });
        await remove(path);
      },
    });
    const work = {
      signal: new AbortController().signal,
      progress: (step: StorageProgress) => told.push(step),
    };
    const entries = (await machines.trash()).map(({ entry }) => `trash/${entry}`);
    const layer = readdirSync(paths.layers).map((id) => `layers/${id}`);
    await machines.emptyTrash(undefined, work);
    expect(coming.slice(0, 4)).toEqual([0, 1, 2, 3].map((turn) => [...entries.slice(turn + 1), ...layer]));
    expect(told.map(({ done, total }) => [done, total])).toEqual(
      [0, 5, 5, 10, 10, 15, 15, 20, 20, 25].map((done) => [done, 25]),
    );
    expect([readdirSync(paths.layers), readIntents(paths)]).toEqual([[], []]);
  });

  it('of merging tells which of the layers it is at', async () => {
    const fixture = await withMachine();
    const { machines, backend } = fixture;
    for (const text of ['1', '2', '3', '4']) {
      writeFileOf(fixture, 'web', 'a', text);
      await machines.snapshot('web', snapshotRequest());
    }
    const told: StorageProgress[] = [];
    const { merge } = backend.storage;
    Object.assign(backend.storage, {
      merge: async (...[upper, lower, deeper, work]: Parameters<typeof merge>) => {
        work.progress({ done: 1, total: 2, unit: 'files', deed: 'merging' });
        await merge(upper, lower, deeper, work);
      },
    });
    const work = {
      signal: new AbortController().signal,
      progress: (step: StorageProgress) => told.push(step),
    };
    await machines.removeSnapshots('web', ['snap1', 'snap2'], { now: true }, work);
    expect(told.filter(({ deed }) => deed === 'merging').map(({ part }) => part)).toEqual([
      { noun: 'layer', number: 1, of: 2 },
      { noun: 'layer', number: 2, of: 2 },
    ]);
  });
});

describe('destroy, broken off', () => {
  it('for good goes on with the next command, which gives the id range back then', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    const { work } = interruptAt(fixture, '/.web.');
    const error = await caught(() => machines.destroy('web', { force: false, now: true }, work));
    expect(error.message).toBe('interrupted; it is gone, and what is left of the files will be');
    expect([await machines.names(), await machines.trash()]).toEqual([[], []]);
    expect(readdirSync(paths.trash)).toHaveLength(1);
  });

  it('before its turn leaves the machine as it was', async () => {
    const fixture = await withMachine();
    const { work, controller } = interruptAt(fixture, 'nothing');
    controller.abort();
    const error = await caught(() => fixture.machines.destroy('web', { force: false, now: true }, work));
    expect(error.message).toBe('interrupted; it is as it was');
    expect(await fixture.machines.names()).toEqual(['web']);
  });
});

describe('snapshot-remove, broken off', () => {
  it('while layers are merged leaves all files as they are, and the next command on the machine goes on', async () => {
    const fixture = await withMachine();
    const { machines, backend, paths } = fixture;
    for (const text of ['1', '2', '3']) {
      writeFileOf(fixture, 'web', 'a', text);
      await machines.snapshot('web', snapshotRequest());
    }
    const { work, controller } = interruptAt(fixture, 'nothing');
    const { merge } = backend.storage;
    Object.assign(backend.storage, {
      merge: async (...[upper, lower, deeper, { signal }]: Parameters<typeof merge>) => {
        controller.abort();
        signal.throwIfAborted();
        await merge(upper, lower, deeper, { ...work, signal });
      },
    });
    const error = await caught(() => machines.removeSnapshots('web', ['snap1'], { now: true }, work));
    expect(error.message).toBe(
      "interrupted; they are gone, and layers are not all merged yet, which changes nothing of any machine's files",
    );
    expect(readFileOf(fixture, 'web', 'a')).toBe('3');
    expect(readdirSync(paths.intents)).toHaveLength(1);
    await machines.changeSettings('web', { 'pids.max': '9' });
    expect([readdirSync(paths.intents), readFileOf(fixture, 'web', 'a')]).toEqual([[], '3']);
  });
});

describe('image prune, broken off', () => {
  it('has taken the names, and the next one deletes the rest', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    await machines.destroy('web', { force: false, now: true });
    const { work } = interruptAt(fixture, paths.layers);
    const error = await caught(() => machines.pruneImages({ dryRun: false }, work));
    expect(error.message).toBe('interrupted; what was named is removed, but not all of its files yet');
    expect([machines.imageKeys(), readdirSync(paths.layers).length]).toEqual([[], 1]);
    const again = new AbortController();
    await machines.pruneImages({ dryRun: false }, { ...work, signal: again.signal });
    expect(readdirSync(paths.layers)).toEqual([]);
  });
});
