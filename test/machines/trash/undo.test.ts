import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { writeIntent } from '../../../src/machines/store/intents.ts';
import { pathsOf } from '../../../src/machines/store/paths.ts';
import { newCommandId } from '../../../src/machines/trash/removed-by.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  readFileOf,
  readFileOfSnapshot,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { type MachinesFixture, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const gently = { force: false, now: false };

/** web with other files than in its snapshot. */
async function reverted(storage: 'overlay' | 'dir' = 'overlay') {
  const fixture = await withMachine('stopped', 'web', { storage });
  for (const path of ['a', 'folder/in']) writeFileOf(fixture, 'web', path, '1');
  await fixture.machines.snapshot('web', snapshotRequest());
  for (const path of ['a', 'folder/in']) writeFileOf(fixture, 'web', path, '2');
  writeFileOf(fixture, 'web', 'new', 'new');
  return fixture;
}

function textOf(fixture: MachinesFixture, path: string): string | undefined {
  try {
    return readFileOf(fixture, 'web', path);
  } catch {
    return undefined;
  }
}

describe('undo', () => {
  it('says so where another command brings the last back just now, and takes nothing older', async () => {
    const { machines, root } = await withMachine();
    await machines.create(request('old'));
    await machines.destroy('old', gently);
    await machines.destroy('web', gently);
    const [{ entry } = { entry: '' }] = await machines.trash();
    expect(entry).toMatch(/^web\./);
    // It is out of the trash, and the journal does not know yet.
    rmSync(join(root, 'trash', entry), { recursive: true });
    writeIntent(pathsOf(root, join(root, 'run')), { operation: 'trash-restore', name: 'web', entry });
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'busy',
      message: 'another command brings web back',
    });
    expect(await machines.names()).toEqual([]);
  });

  it('of a destroy gives the machine back', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.destroy('web', gently);
    expect(await machines.undo(work)).toEqual({ deed: 'destroy', machine: 'web', snapshot: null });
    expect(readFileOf(fixture, 'web', 'a')).toBe('1');
    expect((await eventsOf(machines)).at(-1)).toMatchObject({ type: 'undone', details: { deed: 'destroy' } });
  });

  it.each(['overlay', 'dir'] as const)(
    'of a restore on %s goes back, and twice is forth again',
    async (storage) => {
      const fixture = await withMachine('stopped', 'web', { storage });
      const { machines } = fixture;
      writeFileOf(fixture, 'web', 'a', '1');
      await machines.snapshot('web', snapshotRequest());
      writeFileOf(fixture, 'web', 'a', '2');
      await machines.restore('web', 'snap1', work);
      for (const text of ['2', '1', '2', '1']) {
        expect(await machines.undo(work)).toMatchObject({ deed: 'restore', machine: 'web' });
        expect(readFileOf(fixture, 'web', 'a')).toBe(text);
      }
    },
  );

  it('of a removed snapshot gives it back', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    writeFileOf(fixture, 'web', 'a', '1');
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    expect(await machines.undo(work)).toEqual({ deed: 'snapshot-remove', machine: 'web', snapshot: 'snap1' });
    expect(readFileOfSnapshot(fixture, 'web', 'snap1', 'a')).toBe('1');
  });

  it('brings nothing older back when the last was for good: that must be named', async () => {
    const { machines } = await withMachine();
    await machines.create(request('old'));
    await machines.destroy('old', gently);
    await machines.snapshot('web', snapshotRequest());
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    await machines.rename('web', 'www');
    await machines.destroy('www', { force: false, now: true });
    const [{ entry } = { entry: '' }] = await machines.trash();
    expect(entry).toMatch(/^old\./);
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message: 'the last destructive command cannot be undone: www was destroyed, and is gone for good',
      hint: expect.stringContaining(`tsmachine trash restore ${entry}`),
    });
    expect(await machines.names()).toEqual([]);
    await machines.restoreFromTrash(entry, { as: undefined });
    await machines.destroy('old', gently);
    expect(await machines.undo(work)).toMatchObject({ deed: 'destroy', machine: 'old' });
  });

  it('does not go back behind a path that was put back since, if what that was is gone', async () => {
    const fixture = await reverted();
    const { machines } = fixture;
    await machines.create(request('old'));
    await machines.destroy('old', gently);
    const [{ entry } = { entry: '' }] = await machines.trash();
    await machines.revert('web', ['/a'], 'web@snap1', work);
    await machines.emptyTrash(
      (await machines.trash()).flatMap((one) => (one.kind === 'paths' ? [one.entry] : [])),
    );
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message:
        'the last destructive command cannot be undone: /a of web was put back, and what it was is gone',
      hint: expect.stringContaining(`tsmachine trash restore ${entry}`),
    });
    expect(await machines.names()).toEqual(['web']);
  });

  it.each(['overlay', 'dir'] as const)(
    'of a revert on %s goes back, and twice is forth again',
    async (storage) => {
      const fixture = await reverted(storage);
      const { machines } = fixture;
      await machines.revert('web', ['/a', '/new', '/folder', '/folder/in'], 'web@snap1', work);
      const seen = () => ['a', 'new', 'folder/in'].map((path) => textOf(fixture, path));
      for (const there of [
        ['2', 'new', '2'],
        ['1', undefined, '1'],
        ['2', 'new', '2'],
      ]) {
        expect(await machines.undo(work)).toEqual({
          deed: 'revert',
          machine: 'web',
          snapshot: null,
          paths: ['/a', '/new', '/folder'],
        });
        expect(seen()).toEqual(there);
      }
      expect(await machines.trash()).toMatchObject([{ kind: 'paths', machine: 'web' }]);
    },
  );

  it('of a revert keeps what was written there since, and leaves everything else', async () => {
    const fixture = await reverted('dir');
    const { machines } = fixture;
    await machines.revert('web', ['/a'], 'web@snap1', work);
    writeFileOf(fixture, 'web', 'a', 'since');
    writeFileOf(fixture, 'web', 'new', 'since');
    await machines.undo(work);
    expect([textOf(fixture, 'a'), textOf(fixture, 'new')]).toEqual(['2', 'since']);
    await machines.undo(work);
    expect(textOf(fixture, 'a')).toBe('since');
  });

  it('finds nothing of a revert that failed halfway: all paths are what they were', async () => {
    const fixture = await reverted('dir');
    const { machines, backend } = fixture;
    const { revert } = backend.storage;
    backend.storage.revert = async (machine, path, from, given) => {
      if (path === '/new') throw new Error('no way');
      await revert(machine, path, from, given);
    };
    const error = await caught(() => machines.revert('web', ['/a', '/new'], 'web@snap1', work));
    expect(error.message).toBe('no way');
    expect([textOf(fixture, 'a'), textOf(fixture, 'new')]).toEqual(['2', 'new']);
    expect(await machines.trash()).toEqual([]);
    expect((await eventsOf(machines)).map(({ type }) => type)).not.toContain('reverted');
    expect((await caught(() => machines.undo(work))).message).toBe('there is nothing to undo');
  });

  it('of a revert finds the machine by another name, needs it stopped, and leaves its namesake alone', async () => {
    const fixture = await reverted('dir');
    const { machines } = fixture;
    await machines.revert('web', ['/a'], 'web@snap1', work);
    await machines.rename('web', 'www');
    await machines.create(request('web'));
    await machines.start('www', { ifNeeded: false });
    expect((await caught(() => machines.undo(work))).hint).toContain('tsmachine stop www');
    await machines.kill('www', 'SIGKILL');
    const [{ entry } = { entry: '' }] = await machines.trash();
    expect((await caught(() => machines.restoreFromTrash(entry, { as: 'web' }))).code).toBe('usage');
    expect(await machines.undo(work)).toMatchObject({ deed: 'revert', machine: 'www' });
    expect(readFileOf(fixture, 'www', 'a')).toBe('2');
  });

  it('says the same of a removed snapshot, and names the restore that it would reverse', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { machines } = await withMachine();
    await machines.snapshot('web', snapshotRequest());
    await machines.snapshot('web', snapshotRequest());
    await machines.restore('web', 'snap1', work);
    vi.setSystemTime(Date.now() + 1000);
    await machines.removeSnapshots('web', ['snap2'], { now: true });
    expect(await caught(() => machines.undo(work))).toMatchObject({
      message: expect.stringContaining('web@snap2 was removed'),
      hint: expect.stringContaining('tsmachine restore web before-restore-1'),
    });
  });

  it('says the same of what has left the trash since', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { machines } = await withMachine();
    await machines.create(request('db'));
    await machines.destroy('db', gently);
    vi.setSystemTime(Date.now() + 1000);
    await machines.destroy('web', gently);
    await machines.emptyTrash([(await machines.trash())[0]?.entry ?? '']);
    expect((await caught(() => machines.undo(work))).message).toContain('web was destroyed');
  });

  it('is not stopped by what went by a rule', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { machines } = await withMachine();
    await machines.create(request('db'));
    await machines.destroy('db', gently);
    for (let count = 0; count < 2; count += 1) {
      vi.setSystemTime(Date.now() + 1000);
      await machines.snapshot('web', snapshotRequest({ keep: 1 }));
    }
    expect(await machines.snapshots('web')).toHaveLength(1);
    expect(await machines.undo(work)).toMatchObject({ deed: 'destroy', machine: 'db' });
  });

  it('of what cannot come back under its name says how it can', async () => {
    const { machines } = await withMachine();
    await machines.destroy('web', gently);
    await machines.create(request('web'));
    const [{ entry } = { entry: '' }] = await machines.trash();
    expect((await caught(() => machines.undo(work))).hint).toContain(`trash restore ${entry} --as NEW`);
  });

  it('takes the last of several, then the one before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const fixture = await withMachine();
    const { machines } = fixture;
    await machines.create(request('db'));
    await machines.snapshot('web', snapshotRequest());
    vi.setSystemTime(Date.now() + 1000);
    await machines.destroy('db', gently);
    vi.setSystemTime(Date.now() + 1000);
    await machines.removeSnapshots('web', ['snap1'], { now: false });
    expect((await machines.undo(work)).deed).toBe('snapshot-remove');
    expect((await machines.undo(work)).deed).toBe('destroy');
    expect(await machines.names()).toEqual(['db', 'web']);
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message: 'there is nothing to undo',
    });
  });

  describe('of a command that removed several', () => {
    const oneCommand = newCommandId();
    const asOne = { ...gently, command: oneCommand };

    async function destroyedTogether() {
      const fixture = await withMachine();
      const { machines, root } = fixture;
      for (const name of ['before', 'db']) await machines.create(request(name));
      await machines.destroy('before', gently);
      await Promise.all(['web', 'db'].map((name) => machines.destroy(name, asOne)));
      const noted = (name: string) => existsSync(join(root, 'machines', name, 'removed-by'));
      return { ...fixture, noted };
    }

    it('brings all of them back, and nothing else', async () => {
      const { machines, noted } = await destroyedTogether();
      const { command } = await machines.undo(work);
      expect(command?.results.map(({ machine }) => machine).sort()).toEqual(['db', 'web']);
      expect(command?.results.every(({ deed, error }) => deed === 'destroy' && error === undefined)).toBe(
        true,
      );
      expect(await machines.names()).toEqual(['db', 'web']);
      expect(['db', 'web'].filter(noted)).toEqual([]);
      const undone = (await eventsOf(machines)).filter(({ type }) => type === 'undone');
      expect(undone.map(({ name }) => name).sort()).toEqual(['db', 'web']);
      // What comes after goes by itself.
      await machines.destroy('web', gently);
      expect(await machines.undo(work)).toEqual({ deed: 'destroy', machine: 'web', snapshot: null });
    });

    it('brings the others back where one cannot come, and says why', async () => {
      const { machines } = await destroyedTogether();
      await machines.create(request('web'));
      const { command } = await machines.undo(work);
      expect(command?.results.find(({ machine }) => machine === 'web')?.error).toMatchObject({
        code: 'exists',
        hint: expect.stringContaining('--as NEW'),
      });
      expect(await machines.names()).toEqual(['db', 'web']);
      expect((await machines.trash()).map(({ machine }) => machine).sort()).toEqual(['before', 'web']);
    });

    it('brings back what is left of it', async () => {
      const { machines } = await destroyedTogether();
      const entry = (await machines.trash()).find(({ machine }) => machine === 'web')?.entry ?? '';
      await machines.restoreFromTrash(entry, { as: undefined });
      expect((await machines.undo(work)).command?.results).toMatchObject([{ machine: 'db' }]);
      expect(await machines.names()).toEqual(['db', 'web']);
    });

    it.each(['forth', 'back'])(
      'gives snapshots back where they were in the tree: removed %s',
      async (way) => {
        vi.useFakeTimers({ toFake: ['Date'] });
        onTestFinished(() => void vi.useRealTimers());
        const { machines } = await withMachine();
        for (let count = 0; count < 3; count += 1) await machines.snapshot('web', snapshotRequest());
        const tree = await machines.snapshots('web');
        const names = ['snap1', 'snap2', 'snap3'];
        await machines.removeSnapshots('web', way === 'forth' ? names : names.toReversed(), { now: false });
        expect(await machines.snapshots('web')).toEqual([]);
        const { command } = await machines.undo(work);
        expect(command?.results.map(({ snapshot }) => snapshot).sort()).toEqual(names);
        expect(await machines.snapshots('web')).toEqual(tree);
      },
    );
  });

  it('of a restore needs the machine stopped, and says so', async () => {
    const { machines } = await withMachine();
    await machines.snapshot('web', snapshotRequest());
    await machines.restore('web', 'snap1', work);
    await machines.start('web', { ifNeeded: false });
    expect((await caught(() => machines.undo(work))).hint).toContain('tsmachine stop web');
  });
});
