import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend-error.ts';
import { surplusEntries, trashBounds } from '../../../src/machines/trash/bounds.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { readFileOf, snapshotRequest, writeFileOf } from '../../fakes/machine-files.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';

const now = Date.now();

function fill({ paths }: MachinesFixture, entries: readonly string[]): void {
  for (const entry of entries) mkdirSync(join(paths.trash, entry), { recursive: true });
}

function say({ paths }: MachinesFixture, entry: string, bytes: number): void {
  writeFileSync(join(paths.trash, entry, 'bytes-in-trash'), String(bytes));
}

describe('the bounds of the trash', () => {
  it('count machines, snapshots and reverts apart', async () => {
    const fixture = await withMachine();
    const machines = Array.from({ length: 21 }, (_, index) => `m${index}.${now - index}`);
    const snapshots = Array.from({ length: 101 }, (_, index) => `web@s${index}.${now - index}`);
    const reverts = Array.from({ length: 101 }, (_, index) => `web+paths.${now - index}`);
    fill(fixture, [...machines, ...snapshots, ...reverts]);
    const gone = await surplusEntries({ ...fixture, backend: fixture.backend } as never, now);
    expect(gone.map(({ entry }) => entry).sort()).toEqual([
      `m20.${now - 20}`,
      `web+paths.${now - 100}`,
      `web@s100.${now - 100}`,
    ]);
  });

  it('let a revert push out the oldest of a hundred, and what it put back itself stays', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    writeFileOf(fixture, 'web', 'a', 'first');
    await machines.snapshot('web', snapshotRequest({ snapshot: 'one' }));
    writeFileOf(fixture, 'web', 'a', 'second');
    const earlier = Array.from({ length: 100 }, (_, index) => `web+paths.${now - 1000 - index}`);
    fill(fixture, earlier);
    await machines.revert('web', ['/a'], 'web@one', quietWork);
    const left = readdirSync(paths.trash);
    expect(left).toHaveLength(100);
    expect(earlier.filter((entry) => !left.includes(entry))).toEqual([`web+paths.${now - 1099}`]);
    // What the others were nobody can read: they are listed all the same.
    const [newest, broken] = await machines.trash();
    expect([newest?.paths, broken?.paths]).toEqual([['/a'], null]);
    await machines.undo(quietWork);
    expect(readFileOf(fixture, 'web', 'a')).toBe('second');
  });

  it('take the oldest of what is too large together, and never the newest', async () => {
    const fixture = await withMachine();
    const entries = ['d', 'c', 'b', 'a'].map((name, index) => `${name}.${now - index * 1000}`);
    fill(fixture, entries);
    const most = trashBounds.maxBytes;
    entries.forEach((entry, index) => {
      say(fixture, entry, index === 0 ? most * 5 : index === 1 ? 1 : most * 2);
    });
    const gone = await surplusEntries(fixture as never, now);
    expect(gone.map(({ entry }) => entry)).toEqual(entries.slice(2));
  });

  it('measure an entry once', async () => {
    const fixture = await withMachine();
    const { machines, paths, backend } = fixture;
    for (const snapshot of ['one', 'two']) {
      await machines.snapshot('web', snapshotRequest({ snapshot }));
      await machines.removeSnapshots('web', [snapshot], { now: false });
    }
    const [newest = '', older = ''] = (await machines.trash()).map(({ entry }) => entry);
    expect(existsSync(join(paths.trash, older, 'bytes-in-trash'))).toBe(true);
    expect(existsSync(join(paths.trash, newest, 'bytes-in-trash'))).toBe(false);
    expect(readdirSync(join(paths.trash, older))).toContain('snapshot.json');
    Object.assign(backend.storage, {
      bytesOf: () => {
        throw new Error('measured again');
      },
    });
    expect(await surplusEntries(fixture as never, now)).toEqual([]);
  });

  it('let who pushes an entry out know what it was, and how large', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    const old = `old.${now - trashBounds.maxAgeMs - 60_000}`;
    fill(fixture, [old]);
    writeFileSync(join(paths.trash, old, 'file'), 'x'.repeat(1000));
    expect(await machines.destroy('web', { force: false, now: false })).toEqual({
      purged: [{ entry: old, bytes: expect.toSatisfy((bytes: number) => bytes >= 1000) }],
    });
    expect(existsSync(join(paths.trash, old))).toBe(false);
  });

  it('let who removes a snapshot know too, also where nothing can be measured', async () => {
    const fixture = await withMachine();
    const { machines, backend } = fixture;
    const old = `old.${now - trashBounds.maxAgeMs - 60_000}`;
    fill(fixture, [old]);
    await machines.snapshot('web', snapshotRequest({ snapshot: 'one' }));
    Object.assign(backend.storage, { bytesOf: async () => Promise.reject(new Error('no luck')) });
    expect(await machines.removeSnapshots('web', ['one'], { now: false })).toEqual({
      purged: [{ entry: old, bytes: null }],
    });
  });

  it('never make a command fail', async () => {
    const { machines, backend } = await withMachine();
    Object.assign(backend.storage, {
      bytesOf: () => {
        throw new BackendError('failed', 'no luck');
      },
    });
    for (const snapshot of ['one', 'two', 'three']) {
      await machines.snapshot('web', snapshotRequest({ snapshot }));
      await machines.removeSnapshots('web', [snapshot], { now: false });
    }
    expect(await machines.trash()).toHaveLength(3);
  });
});
