import { renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { trashedMachine, trashedWithMachine } from '../../../../src/machines/managed/images/trash-names.ts';
import { newCommandId } from '../../../../src/machines/trash/removed-by.ts';
import { snapshotRequest, work } from '../../../fakes/machine-files.ts';
import { caught } from '../../caught.ts';
import { type KeptMachine, keptMachine, OURS } from '../kept-machine.ts';

const DAY_MS = 24 * 3600 * 1000;

async function withSnapshots(count: number): Promise<KeptMachine> {
  const kept = keptMachine();
  for (let number = 1; number <= count; number += 1) {
    kept.write('a', String(number));
    await kept.machines.snapshot('web', snapshotRequest());
  }
  return kept;
}

/** As destroy does it. */
function destroyed({ manager }: KeptMachine, name: string, at: number, kept: readonly string[] = []): void {
  const { places } = manager;
  const moves = [
    ...kept.map((snapshot) => [`${name}@${snapshot}`, trashedWithMachine(name, snapshot, at)] as const),
    [name, trashedMachine(name, at)] as const,
  ];
  for (const [from, to] of moves) {
    renameSync(places.image(from), places.image(to));
    renameSync(places.settings(from), places.settings(to));
  }
}

describe('a removed snapshot', () => {
  it('goes to the trash, and comes back where it was in the tree', async () => {
    const { machines, images, read } = await withSnapshots(3);
    await machines.removeSnapshots('web', ['snap2', 'snap3'], { now: false });
    expect(await machines.snapshots('web')).toMatchObject([{ name: 'snap1', current: true }]);
    const trash = await machines.trash();
    expect(trash).toMatchObject([
      { kind: 'snapshot', machine: 'web', snapshot: expect.stringMatching(/snap[23]/) },
      { kind: 'snapshot', machine: 'web' },
    ]);
    expect(trash.map(({ entry }) => entry.replace(/\d+$/, 'T')).sort()).toEqual([
      'web@snap2.T',
      'web@snap3.T',
    ]);
    const entryOf = (snapshot: string) => trash.find((one) => one.snapshot === snapshot)?.entry ?? '';
    await machines.restoreFromTrash(entryOf('snap3'), { as: undefined });
    await machines.restoreFromTrash(entryOf('snap2'), { as: undefined });
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'snap1', current: false },
      { name: 'snap2', parent: 'snap1' },
      { name: 'snap3', current: true },
    ]);
    expect(read('web@snap3', 'a')).toBe('3');
    expect(await images()).toEqual(['web', 'web@snap1', 'web@snap2', 'web@snap3']);
  });

  it('is gone at once with now; of several names one that is wrong leaves all', async () => {
    const { machines, images } = await withSnapshots(2);
    expect(
      await caught(() => machines.removeSnapshots('web', ['snap1', 'snap9'], { now: true })),
    ).toMatchObject({ code: 'no-such-machine' });
    expect(await images()).toHaveLength(3);
    await machines.removeSnapshots('web', ['snap1', 'snap2'], { now: true });
    expect(await images()).toEqual(['web']);
    expect(await caught(() => machines.undo(work))).toMatchObject({ code: 'wrong-state' });
  });

  it('does not come back to another machine of the same name', async () => {
    const kept = await withSnapshots(1);
    const { machines, manager } = kept;
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    writeFileSync(manager.places.settings('web'), OURS.replace('2026', '2027'));
    const [entry] = await machines.trash();
    expect(
      await caught(() => machines.restoreFromTrash(entry?.entry ?? '', { as: undefined })),
    ).toMatchObject({ code: 'no-such-machine' });
    writeFileSync(manager.places.settings('web'), OURS);
    await machines.snapshot('web', snapshotRequest({ snapshot: 'snap1' }));
    expect(
      await caught(() => machines.restoreFromTrash(entry?.entry ?? '', { as: undefined })),
    ).toMatchObject({ code: 'exists', hint: expect.stringContaining('--as NEW') });
    await machines.restoreFromTrash(entry?.entry ?? '', { as: 'old' });
    expect((await machines.snapshots('web')).map(({ name }) => name)).toEqual(['old', 'snap1']);
  });
});

describe('a destroyed machine', () => {
  it('comes back with its kept states, under its name or another', async () => {
    const kept = await withSnapshots(1);
    const { machines, images, settings } = kept;
    destroyed(kept, 'web', 1000, ['snap1']);
    expect(await machines.trash()).toMatchObject([{ entry: 'web.1000', kind: 'machine', machine: 'web' }]);
    expect(await machines.restoreFromTrash('web.1000', { as: 'web-2' })).toBe('web-2');
    expect(await images()).toEqual(['web-2', 'web-2@snap1']);
    expect(settings('web-2')).toContain('Hostname=web');
    expect(await machines.trash()).toEqual([]);
  });

  it('does not take the place of another one', async () => {
    const kept = await withSnapshots(0);
    const { machines, manager } = kept;
    destroyed(kept, 'web', 1000);
    manager.putImage('web');
    expect(await caught(() => machines.restoreFromTrash('web.1000', { as: undefined }))).toMatchObject({
      code: 'exists',
      hint: 'bring it back under another name: tsmachine trash restore web.1000 --as NEW',
    });
    expect(await machines.trash()).toHaveLength(1);
  });

  it('goes with its kept states when the trash is emptied', async () => {
    const kept = await withSnapshots(2);
    const { machines, images, told } = kept;
    destroyed(kept, 'web', 1000, ['snap1', 'snap2']);
    expect(await caught(() => machines.emptyTrash(['web.1000', 'web.1']))).toMatchObject({
      code: 'no-such-machine',
    });
    expect(await images()).toHaveLength(3);
    expect(await machines.emptyTrash(['web.1000'])).toBe(1);
    expect(await images()).toEqual([]);
    expect(told().at(-1)).toMatchObject({ type: 'purged', details: { entry: 'web.1000' } });
  });

  it('whose emptying is broken off stays as far as its turn has not come', async () => {
    const kept = await withSnapshots(0);
    const { machines } = kept;
    destroyed(kept, 'web', 1000);
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await caught(() => machines.emptyTrash(undefined, { progress: () => {}, signal }))).toMatchObject({
      message: expect.stringContaining('of 1 entries 0 are removed for good, 1 stays in the trash'),
    });
    expect(await machines.trash()).toHaveLength(1);
  });
});

describe('the trash', () => {
  it('lets go what is too old when something comes', async () => {
    const kept = await withSnapshots(1);
    const { machines, manager } = kept;
    manager.putImage(trashedMachine('old', Date.now() - 8 * DAY_MS), { b: '12345' });
    manager.putImage(trashedMachine('young', Date.now() - DAY_MS));
    const { purged } = await machines.removeSnapshots('web', ['snap1'], { now: false });
    expect(purged).toMatchObject([{ entry: expect.stringMatching(/^old\./) }]);
    expect((await machines.trash()).map(({ machine }) => machine)).toEqual(['web', 'young']);
  });

  it('keeps for later what cannot go now, but for a mistake of ours', async () => {
    const { machines, manager } = await withSnapshots(2);
    const failing = (error: Error) => Object.assign(manager.trees, { bytesOf: () => Promise.reject(error) });
    failing(new BackendError('failed', 'no space'));
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    failing(new TypeError('x is undefined'));
    const error = await caught(() => machines.removeSnapshots('web', ['snap2'], { now: false }));
    expect(error.message).toBe('x is undefined');
  });

  it('measures a machine once while it lies there, and has forgotten it when it is back', async () => {
    const kept = await withSnapshots(1);
    const { machines, manager, settings } = kept;
    manager.putImage('api', { b: '12345' });
    await machines.destroy('api', { force: false, now: false });
    await later();
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    const image = (await manager.images.all()).find(({ name }) => name.endsWith('.api'))?.name ?? '';
    expect(settings(image)).toContain('Bytes=5');
    await machines.restoreFromTrash((await machines.trash())[1]?.entry ?? '', { as: undefined });
    expect(settings('api') ?? '').not.toContain('Bytes=');
  });

  it('shows nothing of what has no name for a machine', async () => {
    const { machines, manager } = keptMachine();
    manager.putImage('.tsmachine-trash-machine.5.no name');
    manager.putImage('.tsmachine-trash-other.5.web');
    manager.putImage('.tsmachine-trash-snapshot.5.web@');
    expect(await machines.trash()).toEqual([]);
  });
});

describe('undo', () => {
  it('takes the last deed, then the one before', async () => {
    const kept = await withSnapshots(1);
    const { machines, read, write, told } = kept;
    write('a', 'now');
    await machines.restore('web', 'snap1', work);
    await later();
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    expect(await machines.undo(work)).toEqual({ deed: 'snapshot-remove', machine: 'web', snapshot: 'snap1' });
    expect(await machines.undo(work)).toEqual({
      deed: 'restore',
      machine: 'web',
      snapshot: 'before-restore-1',
    });
    expect(read('web', 'a')).toBe('now');
    expect(told().at(-1)).toMatchObject({ type: 'undone', details: { deed: 'restore' } });
  });

  it('does not pass over what cannot be undone', async () => {
    const { machines } = await withSnapshots(2);
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    await later();
    await machines.removeSnapshots('web', ['snap2'], { now: true });
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('web@snap2 was removed, and is gone for good'),
      hint: expect.stringContaining('trash restore web@snap1.'),
    });
  });

  it('brings back all machines that one command destroyed, and keeps no trace of that', async () => {
    const kept = await withSnapshots(1);
    const { machines, manager, images, settings } = kept;
    manager.putImage('db', { a: '1' });
    const before = settings('web');
    const command = newCommandId();
    for (const name of ['web', 'db']) {
      await machines.destroy(name, { force: false, now: false, command });
      await later();
    }
    const undone = await machines.undo(work);
    expect(undone.command?.results.map(({ machine }) => machine)).toEqual(['db', 'web']);
    expect(await images()).toEqual(['db', 'web', 'web@snap1']);
    expect([settings('web'), settings('db')]).toEqual([before, undefined]);
  });

  it('gives several snapshots back where they were in the tree', async () => {
    const { machines } = await withSnapshots(3);
    const tree = await machines.snapshots('web');
    await machines.removeSnapshots('web', ['snap2', 'snap3'], { now: false });
    const { command } = await machines.undo(work);
    expect(command?.results.map(({ snapshot }) => snapshot)).toEqual(['snap3', 'snap2']);
    expect(await machines.snapshots('web')).toEqual(tree);
  });

  it('of nothing says so', async () => {
    const { machines } = keptMachine();
    expect(await caught(() => machines.undo(work))).toMatchObject({ message: 'there is nothing to undo' });
  });
});

describe('a revert', () => {
  it('puts paths back to what the machine goes on from, keeps what they were, and is undone', async () => {
    const { machines, read, write, told } = await withSnapshots(1);
    write('a', '2');
    write('new', 'x');
    await machines.revert('web', ['/a', '/new'], undefined, work);
    expect([read('web', 'a'), read('web', 'new')]).toEqual(['1', undefined]);
    expect(told().at(-1)).toMatchObject({ type: 'reverted', details: { path: '/new', from: 'web@snap1' } });
    expect(await machines.trash()).toMatchObject([{ kind: 'paths', machine: 'web' }]);
    expect(await machines.undo(work)).toEqual({
      deed: 'revert',
      machine: 'web',
      snapshot: null,
      paths: ['/a', '/new'],
    });
    expect([read('web', 'a'), read('web', 'new')]).toEqual(['2', 'x']);
    expect(await machines.trash()).toHaveLength(1);
  });

  it('that can neither go on nor back says where what was is, and a mistake of ours says itself', async () => {
    for (const [second, message] of [
      [
        new BackendError('failed', 'no way back'),
        'no space; and what was put back before could not be undone',
      ],
      [new TypeError('x is undefined'), 'x is undefined'],
    ] as const) {
      const { machines, manager, write } = await withSnapshots(1);
      write('a', '2');
      write('etc/hostname', 'other');
      const { revertTree } = manager.trees;
      const errors = new Map<string, Error>([['/etc', new BackendError('failed', 'no space')]]);
      const failing = async (...args: Parameters<typeof revertTree>) => {
        const error = errors.get(args[1]);
        if (error !== undefined) throw error;
        errors.set(args[1], second);
        await revertTree(...args);
      };
      Object.assign(manager.trees, { revertTree: failing });
      const error = await caught(() => machines.revert('web', ['/a', '/etc'], 'web@snap1', work));
      expect(error.message).toBe(message);
    }
  });

  it('that fails halfway has changed nothing, and left nothing', async () => {
    const { machines, manager, read, write, images } = await withSnapshots(1);
    write('a', '2');
    write('etc/hostname', 'other');
    const { revertTree } = manager.trees;
    const failing = async (...args: Parameters<typeof revertTree>) => {
      if (args[1] === '/etc') throw new BackendError('failed', 'no space');
      await revertTree(...args);
    };
    Object.assign(manager.trees, { revertTree: failing });
    expect(await caught(() => machines.revert('web', ['/a', '/etc'], 'web@snap1', work))).toMatchObject({
      message: 'no space',
    });
    expect([read('web', 'a'), read('web', 'etc/hostname')]).toEqual(['2', 'other']);
    expect(await images()).toEqual(['web', 'web@snap1']);
  });

  it('needs a stopped machine, and paths that are somewhere', async () => {
    const { machines, manager } = await withSnapshots(1);
    expect(await caught(() => machines.revert('web', ['/nowhere'], undefined, work))).toMatchObject({
      code: 'usage',
    });
    expect(await caught(() => machines.revert('web', ['/'], undefined, work))).toMatchObject({
      code: 'usage',
    });
    manager.put('web', { state: 'running', pid: 1, monitorPid: 1, startedAt: 0 });
    expect(await caught(() => machines.revert('web', ['/a'], undefined, work))).toMatchObject({
      code: 'wrong-state',
    });
  });
});

/** Deeds are told apart by the millisecond. */
function later(): Promise<void> {
  return new Promise((done) => setTimeout(done, 5));
}
