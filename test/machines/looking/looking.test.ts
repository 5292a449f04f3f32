import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { eventsOf, typesOf, withMachine } from '../../fakes/created-machines.ts';
import { makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

describe('list', () => {
  it('is empty where nothing was ever made, and makes nothing', async () => {
    const { machines } = makeMachines('/nowhere/at/all');
    expect([await machines.names(), await machines.list()]).toEqual([[], []]);
  });

  it('shows a machine with a broken config as an error, and all others', async () => {
    const { machines, root } = await withMachine('running');
    await machines.create(request('abc'));
    writeFileSync(join(root, 'machines', 'abc', 'config.json'), '{');
    expect((await machines.list()).map(({ name, state }) => [name, state])).toEqual([
      ['abc', 'error'],
      ['web', 'running'],
    ]);
    expect(Number.isNaN(Date.parse((await machines.list())[0]?.createdAt ?? ''))).toBe(false);
  });

  it('shows a machine without a config as an error', async () => {
    const { machines, root } = await withMachine();
    rmSync(join(root, 'machines', 'web', 'config.json'));
    expect(await machines.list()).toMatchObject([{ name: 'web', state: 'error' }]);
  });
});

describe('waitUntilReady', () => {
  it('is through when init has said so', async () => {
    const { machines } = await withMachine('running');
    await machines.waitUntilReady('web', 1);
  });

  it('says of one that is not ready in time that it goes on, and where to look', async () => {
    const { machines, backend } = await withMachine('running');
    backend.readiness = 'timeout';
    const error = await caught(() => machines.waitUntilReady('web', 3));
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('after 3 s it is running'),
    });
    expect(error.hint).toContain('tsmachine logs web');
  });

  it('says of one that ended just that', async () => {
    const { machines } = await withMachine();
    expect(await caught(() => machines.waitUntilReady('web', 1))).toMatchObject({
      code: 'failed',
      message: 'it ended before it was ready',
    });
  });
});

describe('info', () => {
  it('tells the problem of a machine whose monitor died', async () => {
    const { machines, backend } = await withMachine();
    backend.put('web', { state: 'error', reason: 'its monitor died' });
    expect(await machines.info('web')).toMatchObject({
      state: 'error',
      problem: 'its monitor died',
    });
  });

  it('asks the kernel about machines that run, and only then', async () => {
    const { machines, backend } = await withMachine('running');
    expect(await machines.inspect('web')).toMatchObject({ mounts: [] });
    backend.put('web', { state: 'stopped', lastExit: undefined });
    expect(await machines.inspect('web')).toBeNull();
    expect((await caught(() => machines.inspect('none'))).code).toBe('no-such-machine');
  });

  it('tells what each layer takes', async () => {
    const { machines } = await withMachine();
    const { layers } = (await machines.readConfig('web')).storage;
    expect((await machines.layerSizes('web')).map(({ id }) => id)).toEqual(layers);
  });

  it('tells how the last run ended', async () => {
    const { machines, backend } = await withMachine('running');
    backend.onExit = async () => {};
    expect((await machines.info('web')).lastExit).toBeNull();
    backend.end('web', { reason: 'exited', code: 42 });
    expect((await machines.info('web')).lastExit).toMatchObject({ code: 42 });
  });

  it('of a machine that is not there, or no name at all, is an error', async () => {
    const { machines } = await withMachine();
    expect((await caught(() => machines.info('none'))).code).toBe('no-such-machine');
    expect((await caught(() => machines.info('../web'))).code).toBe('usage');
  });
});

describe('what the monitor asks at the end', () => {
  it.each([
    [{ reason: 'halt' }, 'stay-down', 'stopped', { reason: 'halt' }],
    [{ reason: 'exited', code: 7 }, 'stay-down', 'stopped', { reason: 'exited', code: 7 }],
    [{ reason: 'signaled', signal: 11 }, 'stay-down', 'stopped', { reason: 'signaled', signal: 11 }],
    [{ reason: 'reboot' }, 'start-again', 'rebooted', {}],
  ] as const)('%j is answered with %s and told as %s', async (exit, answer, type, details) => {
    const { machines, backend } = await withMachine('running');
    backend.onExit = async () => {};
    backend.end('web', exit);
    expect(await machines.handleExit('web', { final: false })).toBe(answer);
    expect((await eventsOf(machines)).at(-1)).toMatchObject({ type, details });
  });
});

describe('a reboot', () => {
  const rebooted = async (fails: boolean) => {
    const { machines, backend } = await withMachine('running');
    backend.onExit = async () => {};
    if (fails) backend.failNext('renewPlan', new Error('the device is gone'));
    backend.end('web', { reason: 'reboot' });
    return { answer: await machines.handleExit('web', { final: false }), calls: backend.calls };
  };

  it('begins with what was set meanwhile', async () => {
    expect((await rebooted(false)).calls).toContain('renewPlan web');
  });

  it('begins as the last run did if that makes no plan', async () => {
    expect((await rebooted(true)).answer).toBe('start-again');
  });
});

describe('the end of a machine whose monitor was asked to end', () => {
  it('is final, also if its init rebooted', async () => {
    const { machines, backend } = await withMachine('running');
    backend.onExit = async () => {};
    backend.end('web', { reason: 'reboot' });
    expect(await machines.handleExit('web', { final: true })).toBe('stay-down');
    expect((await eventsOf(machines)).at(-1)).toMatchObject({
      type: 'stopped',
      details: { reason: 'reboot' },
    });
  });
});

describe('wait', () => {
  it('ends when the machine gets there', async () => {
    const { machines } = await withMachine();
    const waiting = machines.waitForState('web', ['running'], 10);
    await machines.start('web', { ifNeeded: false });
    await waiting;
  });

  it('ends at once if it is there', async () => {
    const { machines } = await withMachine();
    await machines.waitForState('web', ['running', 'stopped'], 0);
  });

  it('gives up after its time', async () => {
    const { machines } = await withMachine();
    expect(await caught(() => machines.waitForState('web', ['running'], 0.02))).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('stopped, not running'),
    });
  });

  it('takes nothing more of the process the longer it lasts', async () => {
    const { machines } = await withMachine();
    const warnings: string[] = [];
    const note = ({ name }: Error) => void warnings.push(name);
    process.on('warning', note);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = machines.waitForState('web', ['running'], undefined);
    for (let second = 0; second < 20; second++) await vi.advanceTimersByTimeAsync(1000);
    const timers = vi.getTimerCount();
    vi.useRealTimers();
    await machines.start('web', { ifNeeded: false });
    await waiting;
    process.off('warning', note);
    expect([timers, warnings]).toEqual([2, []]);
  });

  it('ends with an error when the machine is destroyed', async () => {
    const { machines } = await withMachine();
    const waiting = caught(() => machines.waitForState('web', ['running'], 10));
    await machines.destroy('web', { force: false, now: true });
    expect((await waiting).code).toBe('no-such-machine');
  });
});

describe('events', () => {
  it('can be had of one machine, its old name included, and since a time', async () => {
    const { machines } = await withMachine();
    await machines.create(request('other'));
    await machines.rename('web', 'www');
    const types: string[] = [];
    for await (const { type } of machines.events({ name: 'web' })) {
      types.push(type);
    }
    expect(types).toEqual(['created', 'renamed']);
    for await (const event of machines.events({ since: new Date(Date.now() + 1000) })) {
      expect(event).toBeUndefined();
    }
  });

  it('can be followed', async () => {
    const { machines } = await withMachine();
    const abort = new AbortController();
    const events = machines.followEvents({ name: 'web' }, abort.signal);
    await machines.start('web', { ifNeeded: false });
    for await (const { type } of events) {
      expect(type).toBe('started');
      abort.abort();
    }
    expect(await typesOf(machines)).toEqual(['started']);
  });
});

it('tells the backend of every name that is in use, the trash included', async () => {
  const { machines } = await withMachine();
  await machines.create(request('old'));
  await machines.destroy('old', { force: false, now: false });
  const [finding] = await machines.examineHost();
  expect(finding?.detail).toMatch(/^web old\.\d+$/);
});
