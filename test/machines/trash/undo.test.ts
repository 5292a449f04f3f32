import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import {
  readFileOf,
  readFileOfSnapshot,
  snapshotRequest,
  work,
  writeFileOf,
} from '../../fakes/machine-files.ts';
import { request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const gently = { force: false, now: false };

describe('undo', () => {
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
    const [{ entry } = { entry: '' }] = machines.trash();
    expect(entry).toMatch(/^old\./);
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message: 'the last destructive command cannot be undone: www was destroyed, and is gone for good',
      hint: expect.stringContaining(`tsmachine trash restore ${entry}`),
    });
    expect(machines.names()).toEqual([]);
    await machines.restoreFromTrash(entry, { as: undefined });
    await machines.destroy('old', gently);
    expect(await machines.undo(work)).toMatchObject({ deed: 'destroy', machine: 'old' });
  });

  it('does not go back behind a path that was put back since: what that was is not kept', async () => {
    const { machines, backend } = await withMachine();
    backend.storage.has = async () => true;
    backend.storage.revert = async () => {};
    await machines.create(request('old'));
    await machines.destroy('old', gently);
    const [{ entry } = { entry: '' }] = machines.trash();
    await machines.revert('web', ['/etc/hosts'], undefined, work);
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message:
        'the last destructive command cannot be undone: /etc/hosts of web was put back, and what it was is not kept',
      hint: expect.stringContaining(`tsmachine trash restore ${entry}`),
    });
    expect(machines.names()).toEqual(['web']);
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
    await machines.emptyTrash([machines.trash()[0]?.entry ?? '']);
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
    expect(machines.snapshots('web')).toHaveLength(1);
    expect(await machines.undo(work)).toMatchObject({ deed: 'destroy', machine: 'db' });
  });

  it('of what cannot come back under its name says how it can', async () => {
    const { machines } = await withMachine();
    await machines.destroy('web', gently);
    await machines.create(request('web'));
    const [{ entry } = { entry: '' }] = machines.trash();
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
    expect(machines.names()).toEqual(['db', 'web']);
    expect(await caught(() => machines.undo(work))).toMatchObject({
      code: 'wrong-state',
      message: 'there is nothing to undo',
    });
  });

  it('of a restore needs the machine stopped, and says so', async () => {
    const { machines } = await withMachine();
    await machines.snapshot('web', snapshotRequest());
    await machines.restore('web', 'snap1', work);
    await machines.start('web', { ifNeeded: false });
    expect((await caught(() => machines.undo(work))).hint).toContain('tsmachine stop web');
  });
});
