import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withMachine } from '../../fakes/created-machines.ts';
import { cloneRequest, snapshotRequest, work } from '../../fakes/machine-files.ts';
import { type MachinesFixture, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const HOUR_MS = 3600 * 1000;

/** Makes a snapshot older than it is. */
function age({ paths }: MachinesFixture, snapshot: string, milliseconds: number): void {
  const file = join(paths.snapshot('web', snapshot), 'snapshot.json');
  const stored = JSON.parse(readFileSync(file, 'utf8'));
  const earlier = (time: string) => new Date(Date.parse(time) - milliseconds).toISOString();
  const expiresAt = stored.expiresAt === undefined ? {} : { expiresAt: earlier(stored.expiresAt) };
  writeFileSync(file, JSON.stringify({ ...stored, createdAt: earlier(stored.createdAt), ...expiresAt }));
}

describe('snapshot --due', () => {
  it('takes one when the last that was taken by schedule is old enough', async () => {
    const fixture = await withMachine('stopped', 'web', { settings: { 'snapshots.schedule': 'hourly' } });
    const { machines } = fixture;
    await machines.snapshot('web', snapshotRequest({ snapshot: 'by-hand' }));
    const due = { machine: 'web', removed: [], error: null };
    expect(await machines.takeDueSnapshots(work)).toEqual([{ ...due, taken: 'snap1' }]);
    expect(await machines.takeDueSnapshots(work)).toEqual([]);
    age(fixture, 'snap1', 0.9 * HOUR_MS);
    expect(await machines.takeDueSnapshots(work)).toEqual([]);
    age(fixture, 'snap1', 0.09 * HOUR_MS);
    expect(await machines.takeDueSnapshots(work)).toEqual([{ ...due, taken: 'snap2' }]);
    expect((await machines.snapshots('web')).every(({ expiresAt }) => expiresAt === null)).toBe(true);
  });

  it('takes those of a clone too, which has the settings of its source', async () => {
    const settings = { 'snapshots.schedule': 'hourly', 'snapshots.expiry': '7d' };
    const { machines } = await withMachine('stopped', 'web', { settings });
    await machines.takeDueSnapshots(work);
    await machines.clone('web', 'copy', cloneRequest());
    expect(await machines.settings('copy')).toMatchObject(settings);
    expect(await machines.takeDueSnapshots(work)).toMatchObject([{ machine: 'copy', taken: 'snap1' }]);
    expect((await machines.snapshots('copy'))[0]?.expiresAt).not.toBeNull();
  });

  it('goes on when the clock, which was far ahead, is right again', async () => {
    const fixture = await withMachine('stopped', 'web', { settings: { 'snapshots.schedule': 'hourly' } });
    const { machines } = fixture;
    await machines.takeDueSnapshots(work);
    age(fixture, 'snap1', -1000 * HOUR_MS);
    expect(await machines.takeDueSnapshots(work)).toMatchObject([{ taken: 'snap2', error: null }]);
    expect(await machines.takeDueSnapshots(work)).toEqual([]);
  });

  it('lets what it takes expire, and removes what has expired, of all machines', async () => {
    const settings = { 'snapshots.schedule': '6h', 'snapshots.expiry': '7d' };
    const fixture = await withMachine('stopped', 'web', { settings });
    const { machines, paths } = fixture;
    await machines.create(request('db'));
    await machines.snapshot('db', snapshotRequest({ expiresAfterMs: 0 }));
    await machines.takeDueSnapshots(work);
    expect(await machines.snapshots('db')).toEqual([]);
    const [{ createdAt, expiresAt } = { createdAt: '', expiresAt: '' }] = await machines.snapshots('web');
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt)).toBe(7 * 24 * HOUR_MS);
    age(fixture, 'snap1', 8 * 24 * HOUR_MS);
    expect(await machines.takeDueSnapshots(work)).toEqual([
      { machine: 'web', taken: 'snap2', removed: ['snap1'], error: null },
    ]);
    expect(readFileSync(join(paths.snapshot('web', 'snap2'), 'snapshot.json'), 'utf8')).toContain(
      '"scheduled": true',
    );
  });

  it('goes on after a machine that fails, and tells why it did', async () => {
    const { machines, backend, paths } = await withMachine('stopped', 'a', {
      settings: { 'snapshots.schedule': 'daily' },
    });
    await machines.create(request('b', { settings: { 'snapshots.schedule': 'daily' } }));
    await machines.create(request('c'));
    writeFileSync(join(paths.machine('c'), 'config.json'), '{');
    backend.failNext('keep', new Error('no luck'));
    expect(await machines.takeDueSnapshots(work)).toEqual([
      { machine: 'a', taken: null, removed: [], error: 'no luck' },
      { machine: 'b', taken: 'snap1', removed: [], error: null },
      { machine: 'c', taken: null, removed: [], error: expect.stringContaining('config.json') },
    ]);
  });

  it('stops when it is interrupted', async () => {
    const { machines } = await withMachine('stopped', 'a', { settings: { 'snapshots.schedule': 'daily' } });
    const interrupted = { ...work, signal: AbortSignal.abort() };
    expect((await caught(() => machines.takeDueSnapshots(interrupted))).message).toContain('interrupted');
    expect(await machines.snapshots('a')).toEqual([]);
  });
});
