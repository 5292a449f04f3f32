import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import { withMachine } from '../../fakes/created-machines.ts';
import { cloneRequest, snapshotRequest, work } from '../../fakes/machine-files.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const GIB = 1024 ** 3;

function limitsSet({ backend }: MachinesFixture): readonly string[] {
  return backend.calls.filter((call) => call.startsWith('limitDisk ')).map((call) => call.slice(10));
}

function limited(state: 'stopped' | 'running' = 'stopped'): Promise<MachinesFixture> {
  return withMachine(state, 'web', { storage: 'btrfs', settings: { 'disk.max': '1G' } });
}

describe('disk.max', () => {
  it('is put on the files at create, start, restore and of a clone', async () => {
    const fixture = await limited('running');
    const { machines } = fixture;
    expect(limitsSet(fixture)).toEqual([`web ${GIB}`, `web ${GIB}`]);
    await machines.stop('web', { timeoutSeconds: 1 });
    await machines.snapshot('web', snapshotRequest());
    await machines.changeSettings('web', { 'disk.max': '2G' });
    await machines.restore('web', 'snap1', work);
    expect((await machines.settings('web'))['disk.max']).toBe('1G');
    await machines.clone('web', 'copy', cloneRequest());
    expect(limitsSet(fixture).slice(2)).toEqual([`web ${2 * GIB}`, `web ${GIB}`, `copy ${GIB}`]);
  });

  it('changes at once, also while the machine runs, and goes again', async () => {
    const fixture = await limited('running');
    const { machines } = fixture;
    const before = limitsSet(fixture).length;
    await machines.changeSettings('web', { 'disk.max': '3G', 'pids.max': '9' });
    await machines.changeSettings('web', { 'pids.max': '10' });
    await machines.changeSettings('web', { 'disk.max': 'max' });
    expect(limitsSet(fixture).slice(before)).toEqual([`web ${3 * GIB}`, 'web max']);
    expect((await machines.readConfig('web')).disk).toBeUndefined();
  });

  it.each(['overlay', 'dir'] as const)('is refused on %s with all that came with it', async (storage) => {
    const fixture = await withMachine('stopped', 'web', { storage });
    const { machines, template } = fixture;
    const changes = { 'pids.max': '9', 'disk.max': '1G' };
    const error = await caught(() => machines.changeSettings('web', changes));
    expect(error.code).toBe('unsupported');
    expect(await machines.settings('web')).toMatchObject({ 'pids.max': 'max', 'disk.max': 'max' });
    await machines.changeSettings('web', { 'disk.max': 'max' });
    const order = request('new', { storage, settings: changes, templateOptions: { greeting: 'new' } });
    expect((await caught(() => machines.create(order))).code).toBe('unsupported');
    expect([await machines.names(), template.builds()]).toEqual([['web'], 1]);
  });

  it('that cannot be put on changes nothing', async () => {
    const { machines, backend } = await limited();
    backend.failNext('limitDisk', new BackendError('failed', 'no quotas'));
    const changes = { 'pids.max': '9', 'disk.max': '2G' };
    expect((await caught(() => machines.changeSettings('web', changes))).message).toBe('no quotas');
    expect(await machines.settings('web')).toMatchObject({ 'pids.max': 'max', 'disk.max': '1G' });
    backend.failNext('limitDisk', new BackendError('failed', 'no quotas'));
    await caught(() => machines.changeSettings('web', { 'disk.max': 'max' }));
    expect((await machines.settings('web'))['disk.max']).toBe('1G');
  });

  it('that cannot be put on leaves no new machine', async () => {
    const { machines, backend } = makeMachines();
    backend.failNext('limitDisk', new BackendError('failed', 'no quotas'));
    const order = request('web', { storage: 'btrfs', settings: { 'disk.max': '1G' } });
    expect((await caught(() => machines.create(order))).message).toBe('no quotas');
    expect(await machines.names()).toEqual([]);
  });

  it.each(['1', '10k', 'much', '-1'])('is not %j', async (value) => {
    const { machines } = await limited();
    const error = await caught(() => machines.changeSettings('web', { 'disk.max': value }));
    expect(error).toMatchObject({ code: 'usage', hint: expect.stringContaining('at least 1M') });
  });
});
