import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { snapshotRequest, work } from '../../../fakes/machine-files.ts';
import { caught } from '../../caught.ts';
import { keptMachine, OURS } from '../kept-machine.ts';

const running = { state: 'running', pid: 1, monitorPid: 1, startedAt: 0 } as const;

describe('a snapshot of a machine that a manager keeps', () => {
  it('is a read-only image beside it, with settings, comment and what it went on from', async () => {
    const { machines, manager, read, settings, write, told } = keptMachine();
    const comment = 'before "the" upgrade \\';
    expect(await machines.snapshot('web', snapshotRequest({ comment }))).toEqual({
      snapshot: 'snap1',
      frozenMs: undefined,
      removed: [],
    });
    write('a', '2');
    await machines.snapshot('web', snapshotRequest({ snapshot: 'second', expiresAfterMs: 3_600_000 }));
    expect([read('web@snap1', 'a'), read('web@second', 'a')]).toEqual(['1', '2']);
    expect((await manager.images.find('web@snap1'))?.readOnly).toBe(true);
    expect(settings('web@snap1')).toContain('Hostname=web');
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'snap1', parent: null, current: false, comment, automatic: false, expiresAt: null },
      { name: 'second', parent: 'snap1', current: true, comment: null, expiresAt: expect.any(String) },
    ]);
    expect(told()).toMatchObject([
      { type: 'snapshotted' },
      { details: { snapshot: 'second', backend: 'nspawn' } },
    ]);
  });

  it('writes nothing into the settings of a machine that somebody else made', async () => {
    const { machines, settings } = keptMachine({ settings: '[Exec]\nBoot=yes\n' });
    await machines.snapshot('web', snapshotRequest());
    await machines.snapshot('web', snapshotRequest());
    expect(settings('web')).toBe('[Exec]\nBoot=yes\n');
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'snap1', parent: null, current: false },
      { name: 'snap2', parent: 'snap1', current: true },
    ]);
  });

  it('is shown too if somebody else made it, by its name alone', async () => {
    const { machines, manager } = keptMachine();
    manager.putImage('web@by-hand', { a: '0' });
    manager.putImage('web@not a snapshot', {});
    manager.putImage('webber@other', {});
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'by-hand', parent: null, comment: null, automatic: false, problem: null },
    ]);
    expect(await machines.restore('web', 'by-hand', work)).toBe('before-restore-1');
  });

  it('of a running machine freezes it while its files are copied, and says for how long', async () => {
    const { machines, manager } = keptMachine();
    manager.put('web', running);
    const { frozenMs } = await machines.snapshot('web', snapshotRequest());
    expect(frozenMs).toBeGreaterThanOrEqual(0);
    expect(manager.calls.filter((call) => /freeze|clone/.test(call))).toEqual([
      'freeze web',
      'clone web web@snap1',
      'unfreeze web',
    ]);
    expect((await manager.views.find('web'))?.status.state).toBe('running');
  });

  it('lets it go on also when the copy fails', async () => {
    const { machines, manager, images } = keptMachine();
    manager.put('web', running);
    manager.failNext('clone', new BackendError('failed', 'no space'));
    expect(await caught(() => machines.snapshot('web', snapshotRequest()))).toMatchObject({
      code: 'failed',
      message: 'no space',
    });
    expect((await manager.views.find('web'))?.status.state).toBe('running');
    expect(await images()).toEqual(['web']);
  });

  it('does not freeze where the file system keeps states by itself, nor one that is frozen', async () => {
    const subvolume = keptMachine({ kind: 'subvolume' });
    subvolume.manager.put('web', running);
    expect((await subvolume.machines.snapshot('web', snapshotRequest())).frozenMs).toBeUndefined();
    const frozen = keptMachine();
    frozen.manager.put('web', { ...running, state: 'frozen' });
    await frozen.machines.snapshot('web', snapshotRequest());
    for (const { manager } of [subvolume, frozen]) {
      expect(manager.calls.filter((call) => call.includes('freeze'))).toEqual([]);
    }
  });

  it('of one that cannot be frozen says to stop it, and why', async () => {
    const { machines, manager } = keptMachine();
    manager.put('web', running);
    manager.failNext('freeze', new BackendError('unsupported', 'this kernel has no freezer'));
    expect(await caught(() => machines.snapshot('web', snapshotRequest()))).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('this kernel has no freezer'),
      hint: 'stop it first: tsmachine stop web',
    });
  });

  it('needs a free name, a machine, and a comment of one line', async () => {
    const { machines } = keptMachine();
    await machines.snapshot('web', snapshotRequest({ snapshot: 'one' }));
    const codes = await Promise.all(
      [
        machines.snapshot('web', snapshotRequest({ snapshot: 'one' })),
        machines.snapshot('nobody', snapshotRequest()),
        machines.snapshot('../web', snapshotRequest()),
        machines.snapshot('web', snapshotRequest({ snapshot: 'a@b' })),
        machines.snapshot('web', snapshotRequest({ comment: 'a\nb' })),
      ].map(async (attempt) => (await caught(() => attempt)).code),
    );
    expect(codes).toEqual(['exists', 'no-such-machine', 'usage', 'usage', 'usage']);
  });

  it('lets older ones go for good when asked to keep a number', async () => {
    const { machines, images } = keptMachine();
    for (const _ of [1, 2, 3]) await machines.snapshot('web', snapshotRequest());
    expect((await machines.snapshot('web', snapshotRequest({ keep: 2 }))).removed).toEqual([
      'snap1',
      'snap2',
    ]);
    expect(await images()).toEqual(['web', 'web@snap3', 'web@snap4']);
    expect(await machines.snapshots('web')).toMatchObject([{ parent: null }, { parent: 'snap3' }]);
  });
});

describe('snapshots by schedule', () => {
  it('are taken when their time has come, and go when theirs is over', async () => {
    const { machines, manager } = keptMachine();
    writeFileSync(manager.places.settings('web'), `${OURS}SnapshotSchedule=hourly\nSnapshotExpiry=7d\n`);
    expect(await machines.takeDueSnapshots(work)).toEqual([
      { machine: 'web', taken: 'snap1', removed: [], error: null },
    ]);
    expect(await machines.takeDueSnapshots(work)).toEqual([]);
    const file = manager.places.settings('web@snap1');
    const text = (await manager.settings.read('web@snap1')) ?? '';
    writeFileSync(file, text.replace(/ExpiresAt=.*/, 'ExpiresAt=2026-01-01T00:00:00.000Z'));
    expect(await machines.takeDueSnapshots(work)).toEqual([
      { machine: 'web', taken: null, removed: ['snap1'], error: null },
    ]);
  });

  it('of one machine that fails stop none of the others', async () => {
    const { machines, manager } = keptMachine();
    manager.putImage('api', {});
    for (const name of ['api', 'web']) {
      writeFileSync(manager.places.settings(name), '[X-Tsmachine]\nSnapshotSchedule=daily\n');
    }
    manager.failNext('clone', new BackendError('failed', 'no space'));
    expect(await machines.takeDueSnapshots(work)).toEqual([
      { machine: 'api', taken: null, removed: [], error: 'no space' },
      { machine: 'web', taken: 'snap1', removed: [], error: null },
    ]);
  });
});

describe('snapshotBytes', () => {
  it('measures whole trees, once', async () => {
    const { machines, manager, settings } = keptMachine();
    await machines.snapshot('web', snapshotRequest());
    manager.putImage('web@by-hand', { b: 'four' });
    expect(await machines.snapshotBytes('web')).toEqual(
      new Map([
        ['by-hand', 4],
        ['snap1', 4],
      ]),
    );
    expect(settings('web@snap1')).toContain('Bytes=4');
    expect(settings('web@by-hand')).toBeUndefined();
  });
});
