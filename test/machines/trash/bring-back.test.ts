import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const gently = { force: false, now: false };

/** `web` with snap1 (`a` = 1), destroyed. */
async function withDestroyed(): Promise<MachinesFixture & { readonly entry: string }> {
  const fixture = await withMachine();
  writeFileOf(fixture, 'web', 'a', '1');
  await fixture.machines.snapshot('web', snapshotRequest());
  await fixture.machines.destroy('web', gently);
  return { ...fixture, entry: (await fixture.machines.trash())[0]?.entry ?? '' };
}

function owners(root: string): readonly string[] {
  return readdirSync(join(root, 'ids')).map((base) => readFileSync(join(root, 'ids', base), 'utf8'));
}

function hostname(root: string, name: string): string {
  return readFileSync(join(root, 'machines', name, 'storage', 'hostname'), 'utf8');
}

describe('the trash', () => {
  it('lists what lies in it, newest first, with how long it stays', async () => {
    const fixture = await withDestroyed();
    const { machines } = fixture;
    await machines.create(request('db'));
    await machines.snapshot('db', snapshotRequest({ snapshot: 'v1.2.3' }));
    await machines.removeSnapshots('db', ['v1.2.3'], { now: false });
    const [newest, older] = await machines.trash();
    expect(newest).toMatchObject({ kind: 'snapshot', machine: 'db', snapshot: 'v1.2.3' });
    expect(older).toMatchObject({ kind: 'machine', machine: 'web', snapshot: null, entry: fixture.entry });
    expect(Date.parse(older?.keptUntil ?? '') - Date.parse(older?.removedAt ?? '')).toBe(
      7 * 24 * 3600 * 1000,
    );
  });

  it('gives a machine back with its snapshots and its id range', async () => {
    const fixture = await withDestroyed();
    const { machines, root, entry } = fixture;
    expect(await machines.restoreFromTrash(entry, { as: undefined })).toBe('web');
    expect(await machines.trash()).toEqual([]);
    expect(owners(root)).toEqual(['web']);
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
    expect(await machines.snapshots('web')).toMatchObject([{ name: 'snap1', problem: null }]);
    expect(existsSync(join(root, 'machines', 'web', 'bytes-in-trash'))).toBe(false);
    expect((await eventsOf(machines)).at(-1)).toMatchObject({ name: 'web', type: 'brought-back' });
  });

  it('gives it back under another name when its own is taken', async () => {
    const fixture = await withDestroyed();
    const { machines, root, entry } = fixture;
    await machines.create(request('web'));
    expect(await caught(() => machines.restoreFromTrash(entry, { as: undefined }))).toMatchObject({
      code: 'exists',
      hint: expect.stringContaining(`trash restore ${entry} --as NEW`),
    });
    expect((await caught(() => machines.restoreFromTrash(entry, { as: '../x' }))).code).toBe('usage');
    expect(await machines.restoreFromTrash(entry, { as: 'old' })).toBe('old');
    expect([...owners(root)].sort()).toEqual(['old', 'web']);
    expect(hostname(root, 'old')).toBe('old');
    await machines.restore('old', 'snap1', snapshotRequest());
    expect(readFileOf(fixture, 'old', 'a')).toBe('1');
  });

  it('gives a snapshot back to its machine, also after a rename', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const [{ entry } = { entry: '' }] = await machines.trash();
    await machines.rename('web', 'www');
    await machines.create(request('web'));
    expect((await caught(() => machines.restoreFromTrash(entry, { as: '../x' }))).code).toBe('usage');
    expect(await machines.restoreFromTrash(entry, { as: undefined })).toBe('www');
    expect(readFileOfSnapshot(fixture, 'www', 'snap1', 'a')).toBe('1');
    expect(await machines.snapshots('web')).toEqual([]);
  });

  it('gives a snapshot back under another name when its own is taken', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const [{ entry } = { entry: '' }] = await machines.trash();
    await machines.snapshot('web', snapshotRequest());
    expect(await machines.restoreFromTrash(entry, { as: 'old' })).toBe('web');
    expect(readFileOfSnapshot(fixture, 'web', 'old', 'a')).toBe('1');
    expect(JSON.parse(readFileSync(join(paths.snapshot('web', 'old'), 'snapshot.json'), 'utf8')).name).toBe(
      'old',
    );
    expect(await machines.trash()).toEqual([]);
  });

  it('gives no snapshot to a clone that is taken for its machine', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    await machines.clone('web', 'twin', cloneRequest({ keepIdentity: true }));
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const [{ entry } = { entry: '' }] = await machines.trash();
    await machines.rename('web', 'www');
    expect(await machines.restoreFromTrash(entry, { as: undefined })).toBe('www');
  });

  it('says how to get rid of a snapshot that cannot be read', async () => {
    const { machines, paths } = await withMachine();
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const [{ entry } = { entry: '' }] = await machines.trash();
    writeFileSync(join(paths.trash, entry, 'snapshot.json'), '{');
    expect(await caught(() => machines.restoreFromTrash(entry, { as: undefined }))).toMatchObject({
      code: 'invalid-config',
      hint: expect.stringContaining(`tsmachine trash empty ${entry}`),
    });
  });

  it('gives no snapshot back whose name is taken, whose layer is gone, or whose machine is', async () => {
    const fixture = await withMachine();
    const { machines, paths } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const [{ entry } = { entry: '' }] = await machines.trash();
    const back = () => machines.restoreFromTrash(entry, { as: undefined });
    await machines.snapshot('web', snapshotRequest());
    expect(await caught(back)).toMatchObject({
      code: 'exists',
      hint: expect.stringContaining(`tsmachine trash restore ${entry} --as NEW`),
    });
    await machines.destroy('web', gently);
    expect(await caught(back)).toMatchObject({
      code: 'no-such-machine',
      hint: expect.stringContaining('bring the machine back first'),
    });
    const [id = ''] = snapshotLayers(fixture);
    rmSync(paths.layer(id), { recursive: true });
    expect((await caught(back)).code).toBe('invalid-config');
  });

  it('knows no entry that is not there, or is a path', async () => {
    const { machines } = await withDestroyed();
    for (const entry of ['web.1', '../machines/web', 'notes', '']) {
      expect((await caught(() => machines.restoreFromTrash(entry, { as: undefined }))).code).toBe(
        'no-such-machine',
      );
      expect((await caught(() => machines.emptyTrash([entry]))).code).toBe('no-such-machine');
    }
  });

  it('gives one entry to one of two who want it at once', async () => {
    const { machines, root, entry } = await withDestroyed();
    const other = makeMachines(root).machines;
    const results = await Promise.allSettled([
      machines.restoreFromTrash(entry, { as: 'one' }),
      other.restoreFromTrash(entry, { as: 'two' }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await machines.names()).toHaveLength(1);
    expect(owners(root)).toEqual(await machines.names());
    expect(readdirSync(join(root, 'intents'))).toEqual([]);
  });

  it('whose emptying finds an entry taken back leaves its range alone', async () => {
    const { machines, root, paths, entry } = await withDestroyed();
    renameSync(join(paths.trash, entry), join(root, 'taken-back'));
    const dead = { operation: 'purge', name: entry, entries: [entry], pid: 0, pidStart: 'never' };
    writeFileSync(join(paths.intents, `${entry}.json`), JSON.stringify(dead));
    await machines.create(request('passing'));
    expect(readdirSync(paths.intents)).toEqual([]);
    expect([...owners(root)].sort()).toEqual(['passing', entry]);
  });

  it('that is emptied while somebody takes an entry back never takes the range of a machine', async () => {
    const { machines, root, entry } = await withDestroyed();
    const other = makeMachines(root).machines;
    await Promise.allSettled([
      machines.restoreFromTrash(entry, { as: undefined }),
      other.emptyTrash(undefined),
    ]);
    expect(owners(root)).toEqual(await machines.names());
    expect(await machines.trash()).toEqual([]);
  });

  it('is emptied of what was listed, as far as it is still there', async () => {
    const { machines, entry } = await withDestroyed();
    expect(await machines.emptyTrash({ listed: [entry, 'gone.1700000000000'] })).toBe(1);
    expect(await machines.emptyTrash({ listed: [entry] })).toBe(0);
    expect(await machines.trash()).toEqual([]);
  });

  it('is emptied of all, or of what is named', async () => {
    const fixture = await withDestroyed();
    const { machines, root, paths, entry } = fixture;
    await machines.create(request('db'));
    await machines.destroy('db', gently);
    expect(await machines.emptyTrash([entry])).toBe(1);
    expect((await machines.trash()).map(({ machine }) => machine)).toEqual(['db']);
    expect(snapshotLayers(fixture)).toEqual([]);
    expect(await machines.emptyTrash(undefined)).toBe(1);
    expect([readdirSync(paths.trash), owners(root)]).toEqual([[], []]);
    expect(await machines.emptyTrash(undefined)).toBe(0);
    expect((await eventsOf(machines)).filter(({ type }) => type === 'purged')).toHaveLength(2);
  });

  it('holds the layers of what lies in it, snapshots of destroyed machines too', async () => {
    const fixture = await withDestroyed();
    const { machines, entry } = fixture;
    await machines.create(request('db'));
    await machines.destroy('db', { force: false, now: true });
    expect(snapshotLayers(fixture)).toHaveLength(1);
    await machines.restoreFromTrash(entry, { as: undefined });
    await machines.clone('web@snap1', 'copy', cloneRequest());
    expect(readFileOf(fixture, 'copy', 'a')).toBe('1');
  });
});
