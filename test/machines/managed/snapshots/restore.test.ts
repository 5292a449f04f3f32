import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { managedSide } from '../../../../src/machines/routing/managed-side.ts';
import { killedProgram, stepsOf } from '../../../fakes/killed-program.ts';
import { snapshotRequest, work } from '../../../fakes/machine-files.ts';
import { caught } from '../../caught.ts';
import { type KeptMachine, keptMachine, lookAgain, OURS } from '../kept-machine.ts';

const { die, run } = killedProgram('managed-program.ts');

/** snap1 holds `a` = 1, the machine `a` = 2. */
async function withSnapshot(settings?: string): Promise<KeptMachine> {
  const kept = keptMachine(settings === undefined ? {} : { settings });
  await kept.machines.snapshot('web', snapshotRequest());
  kept.write('a', '2');
  return kept;
}

describe('restore of a machine that a manager keeps', () => {
  it('puts files and settings back, and keeps what it was', async () => {
    const { machines, manager, read, settings, images, told } = await withSnapshot();
    await manager.settings.write('web', `${settings('web')}\n[Network]\nPrivate=yes\n`);
    expect(await machines.restore('web', 'snap1', work)).toBe('before-restore-1');
    expect([read('web', 'a'), read('web@before-restore-1', 'a')]).toEqual(['1', '2']);
    expect(settings('web')).not.toContain('Private=yes');
    expect(settings('web@before-restore-1')).toContain('Private=yes');
    expect((await manager.images.find('web'))?.readOnly).toBe(false);
    expect((await manager.images.find('web@before-restore-1'))?.readOnly).toBe(true);
    expect(await images()).toEqual(['web', 'web@before-restore-1', 'web@snap1']);
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'snap1', parent: null, current: true },
      {
        name: 'before-restore-1',
        parent: 'snap1',
        current: false,
        automatic: true,
        comment: 'before the restore of snap1',
        expiresAt: expect.any(String),
      },
    ]);
    expect(told().at(-1)).toMatchObject({
      type: 'restored',
      details: { snapshot: 'snap1', before: 'before-restore-1' },
    });
    await machines.restore('web', 'before-restore-1', work);
    expect(read('web', 'a')).toBe('2');
    expect(settings('web')).toContain('Private=yes');
  });

  it('leaves the machine when it was made, and nothing that is of a kept state alone', async () => {
    const { machines, settings } = await withSnapshot();
    await machines.restore('web', 'snap1', work);
    expect(settings('web')).toContain('CreatedAt=2026-01-02T03:04:05.000Z');
    expect(settings('web')).toContain('GoesOnFrom=snap1');
    expect(settings('web')).not.toMatch(/TakenAt|Machine=|Automatic|Parent/);
  });

  it('of a machine that somebody else made knows from then on what it goes on from', async () => {
    const { machines } = await withSnapshot('[Exec]\nBoot=yes\n');
    await machines.snapshot('web', snapshotRequest());
    await machines.restore('web', 'snap1', work);
    expect(await machines.snapshots('web')).toMatchObject([
      { name: 'snap1', current: true },
      { name: 'snap2', current: false },
      { name: 'before-restore-1', current: false, parent: 'snap2' },
    ]);
  });

  it('gives the machine its own name in files that are of the time of another one', async () => {
    const { machines, read } = await withSnapshot();
    await machines.rename('web', 'www');
    await machines.restore('www', 'snap1', work);
    expect([read('www', 'a'), read('www', 'etc/hostname')?.trim()]).toEqual(['1', 'www']);
    expect(read('www@snap1', 'etc/hostname')).toBe('web');
  });

  it('touches nothing of a running machine, or for a snapshot that is not there', async () => {
    const { machines, manager } = await withSnapshot();
    expect(await caught(() => machines.restore('web', 'snap2', work))).toMatchObject({
      code: 'no-such-machine',
      hint: expect.stringContaining('"snap1"'),
    });
    manager.put('web', { state: 'running', pid: 1, monitorPid: 1, startedAt: 0 });
    const calls = manager.calls.length;
    expect(await caught(() => machines.restore('web', 'snap1', work))).toMatchObject({
      code: 'wrong-state',
      hint: 'stop it first: tsmachine stop web',
    });
    expect(manager.calls.length).toBe(calls);
  });

  it.each(['clone', 'rename', 'setReadOnly', 'writeSettings'])(
    'that fails at %s has changed nothing',
    async (verb) => {
      const { machines, manager, read, images } = await withSnapshot();
      manager.failNext(verb, new BackendError('failed', 'it went wrong'));
      expect(await caught(() => machines.restore('web', 'snap1', work))).toMatchObject({
        message: 'it went wrong',
      });
      expect(read('web', 'a')).toBe('2');
      expect(await images()).toEqual(['web', 'web@snap1']);
    },
  );
});

describe('a restore that is killed', () => {
  it.each(stepsOf('managed-restore'))('at step %d is done or undone by the next command', async (step) => {
    const before = await withSnapshot();
    await die('managed-restore', step, [before.root, 'web', 'snap1'], 'restore');
    const { machines, read, images, settings } = lookAgain(before);
    // On another machine: nobody may ever name this one again.
    await caught(() => machines.snapshot('other', snapshotRequest()));
    const isDone = step >= 3;
    expect(read('web', 'a')).toBe(isDone ? '1' : '2');
    expect(await images()).toEqual(
      isDone ? ['web', 'web@before-restore-1', 'web@snap1'] : ['web', 'web@snap1'],
    );
    if (isDone) {
      expect(read('web@before-restore-1', 'a')).toBe('2');
      expect(settings('web@before-restore-1')).toContain('Automatic=yes');
    }
    expect(await machines.restore('web', 'snap1', work)).toBe(
      isDone ? 'before-restore-2' : 'before-restore-1',
    );
  });

  it('between two names is finished by who asks for the machine', async () => {
    const before = await withSnapshot();
    await die('managed-restore', 5, [before.root, 'web', 'snap1'], 'restore');
    const { managed, images } = lookAgain(before);
    expect(await images()).not.toContain('web');
    const { has } = managedSide(managed);
    expect([await has('web'), await has('nobody')]).toEqual([true, false]);
    expect(await images()).toEqual(['web', 'web@before-restore-1', 'web@snap1']);
  });

  it('between two names is finished by who looks at the machine, at its snapshots, or at what it prints', async () => {
    const looks: Readonly<Record<string, (kept: KeptMachine) => Promise<unknown>>> = {
      info: ({ machines }) => machines.info('web').then(({ name }) => name),
      snapshots: ({ machines }) => machines.snapshots('web').then((all) => all.length),
      diff: async ({ machines }) => {
        for await (const change of machines.diff('web@snap1', 'web', undefined)) return change;
        return 'same';
      },
      followConsoleLog: async ({ machines }) => {
        const { signal } = new AbortController();
        for await (const bytes of machines.followConsoleLog('web', signal)) return bytes.toString();
        return 'nothing';
      },
    };
    const seen = { info: 'web', snapshots: 2, diff: 'same', followConsoleLog: 'console' };
    for (const [verb, look] of Object.entries(looks)) {
      const before = await withSnapshot();
      await die('managed-restore', 5, [before.root, 'web', 'snap1'], 'restore');
      const after = lookAgain(before);
      expect(await after.images(), verb).not.toContain('web');
      expect(await look(after), verb).toEqual(seen[verb as keyof typeof seen]);
      expect(await after.images(), verb).toContain('web');
      expect((await caught(() => after.machines.info('nobody'))).code).toBe('no-such-machine');
    }
  });

  it('in the middle of a copy leaves nothing of it', async () => {
    const before = await withSnapshot(OURS);
    const environment = { FAKE_MANAGER_CRASH_AT: 'clone' };
    for (const args of [
      ['snapshot', before.root, 'web'],
      ['restore', before.root, 'web', 'snap1'],
    ]) {
      expect((await run(args, environment)).signal).toBe('SIGKILL');
    }
    const { machines, manager, images } = lookAgain(before);
    expect((await manager.images.leavings()).unfinished.length).toBe(1);
    await caught(() => machines.snapshot('other', snapshotRequest()));
    expect((await manager.images.leavings()).unfinished).toEqual([]);
    expect(await images()).toEqual(['web', 'web@snap1']);
  });

  it('in a copy of a running machine lets it go on, and one that a person froze stays so', async () => {
    const before = await withSnapshot();
    const environment = { FAKE_MANAGER_CRASH_AT: 'clone' };
    expect((await run(['snapshot:live', before.root, 'web'], environment)).signal).toBe('SIGKILL');
    const { machines, manager } = lookAgain(before);
    const frozen = { state: 'frozen', pid: 1, monitorPid: 1, startedAt: 0 } as const;
    manager.put('web', frozen);
    await caught(() => machines.snapshot('other', snapshotRequest()));
    expect((await manager.views.find('web'))?.status.state).toBe('running');
    manager.put('web', frozen);
    await caught(() => machines.snapshot('other', snapshotRequest()));
    expect((await manager.views.find('web'))?.status.state).toBe('frozen');
  });
});
