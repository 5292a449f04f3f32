import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import type { StopProgress } from '../../../src/machines/stopping.ts';
import { eventsOf, typesOf, withMachine } from '../../fakes/created-machines.ts';
import { makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const soon = { timeoutSeconds: 0.05 };
const patient = { timeoutSeconds: 30 };

describe('start', () => {
  it('starts, and tells the journal', async () => {
    const { machines } = await withMachine('running');
    expect(await machines.list()).toMatchObject([{ state: 'running', pid: 4242, tasks: 3 }]);
    expect((await eventsOf(machines)).at(-1)).toMatchObject({ type: 'started', details: { pid: 4242 } });
  });

  it('of a running machine is a wrong state, unless only if needed', async () => {
    const { machines, backend } = await withMachine('running');
    expect(await caught(() => machines.start('web', { ifNeeded: false }))).toMatchObject({
      code: 'wrong-state',
      hint: expect.stringContaining('tsmachine restart web'),
    });
    expect(await machines.start('web', { ifNeeded: true })).toBe(false);
    expect(backend.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('of a frozen machine says to thaw it, also if only needed', async () => {
    const { machines } = await withMachine('running');
    await machines.freeze('web');
    const error = await caught(() => machines.start('web', { ifNeeded: true }));
    expect(error).toMatchObject({ code: 'wrong-state', hint: expect.stringContaining('unfreeze web') });
  });

  it('by two commands at once starts it once', async () => {
    const { machines, backend } = await withMachine();
    const starts = [1, 2].map(() => machines.start('web', { ifNeeded: false }));
    const results = await Promise.allSettled(starts);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(backend.calls.filter((call) => call.startsWith('start'))).toHaveLength(1);
  });

  it('first cleans up what a dead monitor left', async () => {
    const { machines, backend } = await withMachine();
    backend.put('web', { state: 'error', reason: 'its monitor died' });
    await machines.start('web', { ifNeeded: false });
    expect(backend.calls).toContain('collect web');
    expect(await typesOf(machines)).toEqual(['collected', 'started']);
  });

  it('tells the journal when monitor and machine died together', async () => {
    const { machines, backend, paths } = await withMachine();
    const lastExit = { reason: 'monitor-lost', code: 0, signal: 0, endedAt: 0 } as const;
    backend.put('web', { state: 'stopped', lastExit });
    mkdirSync(paths.runDirectory('web'), { recursive: true });
    await machines.start('web', { ifNeeded: false });
    expect(await typesOf(machines)).toEqual(['collected', 'started']);
  });

  it('does not wait for the end of a machine that boots again', async () => {
    const { machines, backend } = await withMachine('running');
    backend.put('web', { state: 'stopping', pid: 4242, monitorPid: 4241, startedAt: 0 });
    const start = machines.start('web', { ifNeeded: true });
    await new Promise(setImmediate);
    await backend.beginAgain('web');
    await start;
    expect(await typesOf(machines)).toEqual(['started']);
  });

  it('waits for a machine that is just going down', async () => {
    const { machines, backend } = await withMachine('running');
    backend.put('web', { state: 'stopping', pid: 4242, monitorPid: 4241, startedAt: 0 });
    const start = machines.start('web', { ifNeeded: false });
    backend.end('web', { reason: 'halt' });
    await start;
    expect(await typesOf(machines)).toEqual(['started', 'stopped', 'started']);
  });

  it('leaves its failure to be told, and no event', async () => {
    const { machines, backend } = await withMachine();
    const step = { section: 'inside', index: 3, operation: 'mount' };
    backend.failNext('start', new BackendError('launch-failed', 'mount: EPERM', { step }));
    expect(await caught(() => machines.start('web', { ifNeeded: false }))).toMatchObject({
      code: 'failed',
      subject: 'web',
      step,
    });
    expect(await typesOf(machines)).toEqual([]);
  });

  it('of no machine names the nearest, and leaves no lock of it', async () => {
    const { machines, root } = await withMachine();
    expect(await caught(() => machines.start('wep', { ifNeeded: false }))).toMatchObject({
      code: 'no-such-machine',
      hint: expect.stringContaining('"web"'),
    });
    expect(readdirSync(`${root}/locks`)).not.toContain('wep');
  });

  it('does not fail when the journal cannot be written', async () => {
    const { machines, root } = makeMachines();
    writeFileSync(`${root}/events`, 'a file in the way');
    await machines.create(request('web'));
    await machines.start('web', { ifNeeded: false });
    await machines.stop('web', patient);
    expect(await machines.list()).toMatchObject([{ state: 'stopped' }]);
  });
});

describe('stop', () => {
  it('asks init to halt and waits for it', async () => {
    const { machines, backend } = await withMachine('running');
    expect(await machines.stop('web', patient)).toMatchObject({ clean: true, exit: { reason: 'halt' } });
    expect(backend.calls.slice(-1)).toEqual(['signal web halt']);
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'stopped']);
  });

  it('kills what does not listen, and says so', async () => {
    const { machines, backend } = await withMachine('running');
    backend.haltBehaviour = 'ignores';
    expect(await machines.stop('web', soon)).toMatchObject({ clean: false, exit: { reason: 'signaled' } });
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'killed', 'stopped']);
  });

  it('tells who was still there before it kills them', async () => {
    const { machines, backend } = await withMachine('running');
    backend.haltBehaviour = 'ignores';
    const dd = {
      pid: 77,
      insidePid: 5,
      name: 'dd\n',
      state: 'uninterruptible',
      waitChannel: 'io_wait',
    } as const;
    backend.putRemaining('web', { total: 1, processes: [dd] });
    const rungs: StopProgress[] = [];
    const outcome = await machines.stop('web', { ...soon, onProgress: (rung) => rungs.push(rung) });
    expect(outcome.refused).toEqual({ total: 1, processes: [dd] });
    expect(rungs).toMatchObject([
      { rung: 'halt', signal: 'SIGPWR' },
      { rung: 'kill', refused: { total: 1 } },
    ]);
    const killed = (await eventsOf(machines)).find(({ type }) => type === 'killed');
    expect(killed?.details).toMatchObject({
      left: 1,
      refused: 'dd? (pid 5, 77 on the host): uninterruptible (D) in io_wait',
    });
  });

  it('thaws a frozen machine first', async () => {
    const { machines, backend } = await withMachine('running');
    await machines.freeze('web');
    expect((await machines.stop('web', patient)).clean).toBe(true);
    expect(backend.calls.slice(-2)).toEqual(['unfreeze web', 'signal web halt']);
  });

  it('kills a frozen machine that does not thaw', async () => {
    const { machines, backend } = await withMachine('running');
    await machines.freeze('web');
    backend.failNext('unfreeze', new BackendError('timeout', 'still frozen'));
    expect((await machines.stop('web', patient)).clean).toBe(false);
    expect(backend.calls.at(-1)).toBe('kill web');
  });

  it('keeps down a machine whose init reboots instead', async () => {
    const { machines, backend } = await withMachine('running');
    backend.haltBehaviour = 'reboots';
    expect((await machines.stop('web', patient)).clean).toBe(true);
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'stopped']);
  });

  it('decides itself what comes after the end', async () => {
    const { machines, backend } = await withMachine('running');
    const asked: string[] = [];
    backend.onExit = async (name) => asked.push(name);
    await machines.stop('web', patient);
    expect(asked).toEqual([]);
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'stopped']);
  });

  it('works on a machine whose config was spoiled while it ran', async () => {
    const { machines, root } = await withMachine('running');
    writeFileSync(`${root}/machines/web/config.json`, '{');
    expect((await machines.stop('web', patient)).clean).toBe(true);
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'stopped']);
  });

  it('of a stopped machine is a wrong state', async () => {
    const { machines } = await withMachine();
    expect(await caught(() => machines.stop('web', patient))).toMatchObject({
      code: 'wrong-state',
      hint: undefined,
    });
  });

  it('of what a dead monitor left cleans up', async () => {
    const { machines, backend } = await withMachine();
    backend.put('web', { state: 'error', reason: 'its monitor died' });
    expect(await machines.stop('web', patient)).toMatchObject({
      clean: false,
      exit: { reason: 'monitor-lost' },
    });
  });

  it('of what monitor and machine left when they died together cleans up', async () => {
    const { machines, backend, paths } = await withMachine();
    backend.put('web', {
      state: 'stopped',
      lastExit: { reason: 'monitor-lost', code: 0, signal: 0, endedAt: 0 },
    });
    mkdirSync(paths.runDirectory('web'), { recursive: true });
    expect(await machines.stop('web', patient)).toMatchObject({ clean: false });
    expect(await typesOf(machines)).toEqual(['collected']);
  });

  it('cleans up an empty run directory, though nothing was to be stopped', async () => {
    const { machines, backend, paths } = await withMachine();
    mkdirSync(paths.runDirectory('web'), { recursive: true });
    expect((await caught(() => machines.stop('web', patient))).code).toBe('wrong-state');
    expect(backend.calls).toContain('collect web');
  });

  it('is content with a machine that ended by itself meanwhile', async () => {
    const { machines, backend } = await withMachine('running');
    backend.signal = async () => {
      backend.end('web', { reason: 'exited', code: 3 });
      throw new BackendError('not-running', 'gone');
    };
    expect(await machines.stop('web', patient)).toMatchObject({ clean: true, exit: { code: 3 } });
  });

  it('of a machine between two runs waits, and asks the next one', async () => {
    const { machines, backend } = await withMachine('running');
    const { signal } = backend;
    backend.signal = async () => {
      backend.put('web', { state: 'stopping', pid: 4242, monitorPid: 4241, startedAt: 0 });
      backend.signal = signal;
      setImmediate(() => backend.beginAgain('web'));
      throw new BackendError('not-running', 'its init has ended');
    };
    expect(await machines.stop('web', patient)).toMatchObject({ clean: true, exit: { reason: 'halt' } });
    expect(backend.calls.slice(-1)).toEqual(['signal web halt']);
  });

  it('does not wait for the halt of an init that cannot be asked', async () => {
    const { machines, backend } = await withMachine('running');
    backend.signal = async () => {
      throw new BackendError('not-running', 'the monitor does not answer');
    };
    expect(await machines.stop('web', patient)).toMatchObject({ clean: false, exit: { reason: 'signaled' } });
  });

  it('can be cut short by a kill from another command, though it holds the lock', async () => {
    const { machines, backend } = await withMachine('running');
    backend.haltBehaviour = 'ignores';
    const stop = machines.stop('web', patient);
    while (!backend.calls.includes('signal web halt')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await machines.kill('web', 'KILL');
    expect(await stop).toMatchObject({ exit: { reason: 'signaled' } });
  });

  it('makes a second command on the machine busy after a while', async () => {
    const { machines, backend, root } = await withMachine('running');
    backend.haltBehaviour = 'ignores';
    const stop = machines.stop('web', patient);
    while (!backend.calls.includes('signal web halt')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const impatient = makeMachines(root, 0).machines;
    expect(await caught(() => impatient.freeze('web'))).toMatchObject({ code: 'busy', subject: 'web' });
    await machines.kill('web', 'KILL');
    await stop;
  });
});

describe('restart', () => {
  it('stops and starts', async () => {
    const { machines } = await withMachine('running');
    await machines.restart('web', patient);
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'stopped', 'started']);
    expect((await machines.info('web')).state).toBe('running');
  });

  it('of a stopped machine is a wrong state', async () => {
    const { machines } = await withMachine();
    expect((await caught(() => machines.restart('web', patient))).code).toBe('wrong-state');
  });
});

describe('kill', () => {
  it('with another signal only sends it to init', async () => {
    const { machines, backend } = await withMachine('running');
    await machines.kill('web', 'usr1');
    expect(backend.calls.at(-1)).toBe('signal web SIGUSR1');
    await machines.kill('web', '15');
    expect(backend.calls.at(-1)).toBe('signal web SIGTERM');
    expect((await machines.info('web')).state).toBe('running');
  });

  it('does not tell the journal of a signal that was not sent', async () => {
    const { machines, backend } = await withMachine('running');
    backend.failNext('signal', new BackendError('not-running', 'its monitor does not answer'));
    await caught(() => machines.kill('web', 'USR1'));
    expect(await typesOf(machines)).toEqual(['started']);
  });

  it('keeps down a machine whose init has just rebooted', async () => {
    const { machines, backend } = await withMachine('running');
    backend.kill = async () => backend.end('web', { reason: 'reboot' });
    await machines.kill('web', 'KILL');
    expect(await typesOf(machines)).toEqual(['started', 'killed', 'stopped']);
  });

  it('of a machine between two runs kills the next one too', async () => {
    const { machines, backend } = await withMachine('running');
    const { kill } = backend;
    backend.kill = async () => {
      backend.kill = kill;
      setImmediate(() => backend.beginAgain('web'));
    };
    await machines.kill('web', 'KILL');
    expect(backend.calls.at(-1)).toBe('kill web');
    expect((await machines.info('web')).state).toBe('stopped');
  });

  it('refuses a signal that does not exist, and a stopped machine', async () => {
    const { machines } = await withMachine();
    expect((await caught(() => machines.kill('web', 'SIGNOTHING'))).code).toBe('usage');
    expect((await caught(() => machines.kill('web', 'KILL'))).code).toBe('wrong-state');
  });
});

describe('terminate, for a monitor that shall end', () => {
  it('halts the machine, and is content when it is down', async () => {
    const { machines } = await withMachine('running');
    await machines.terminate('web');
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'stopped']);
    await machines.terminate('web');
  });

  it('lets a stop that is at it already do it', async () => {
    const { machines, backend, root } = await withMachine('running');
    backend.haltBehaviour = 'ignores';
    const stop = machines.stop('web', patient);
    while (!backend.calls.includes('signal web halt')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const terminated = makeMachines(root, 0).machines.terminate('web');
    backend.end('web', { reason: 'halt' });
    await stop;
    await terminated;
    expect(backend.calls.filter((call) => call === 'signal web halt')).toHaveLength(1);
  });

  it('fails when the machine stays up, for the monitor to kill it', async () => {
    const { machines, backend } = await withMachine('running');
    backend.failNext('kill', new BackendError('failed', 'EIO'));
    backend.signal = async () => {
      throw new BackendError('failed', 'EPERM');
    };
    expect((await caught(() => machines.terminate('web'))).code).toBe('failed');
  });
});

describe('freeze and unfreeze', () => {
  it('are told, and refuse the state that is already there', async () => {
    const { machines } = await withMachine('running');
    await machines.freeze('web');
    expect(await caught(() => machines.freeze('web'))).toMatchObject({
      code: 'wrong-state',
      message: 'it is frozen already',
      hint: undefined,
    });
    expect((await machines.info('web')).state).toBe('frozen');
    await machines.unfreeze('web');
    expect(await caught(() => machines.unfreeze('web'))).toMatchObject({
      code: 'wrong-state',
      hint: undefined,
    });
    expect(await typesOf(machines)).toEqual(['started', 'frozen', 'unfrozen']);
  });
});
