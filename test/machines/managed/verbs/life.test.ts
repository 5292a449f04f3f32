import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import type { StopProgress } from '../../../../src/machines/stopping.ts';
import { type ManagedFixture, makeManaged } from '../../../fakes/managed-fixture.ts';
import { caught } from '../../caught.ts';

function withMachine(): ManagedFixture {
  const fixture = makeManaged();
  fixture.manager.putImage('web');
  return fixture;
}

const running = { state: 'running', pid: 4242, monitorPid: 4241, startedAt: 1 } as const;
const callsOf = ({ manager }: ManagedFixture) =>
  manager.calls.filter((call) => !call.startsWith('writeSettings'));
const journalOf = ({ managed }: ManagedFixture) =>
  [...managed.domain.journal.read()].map(({ name, type }) => `${name} ${type}`);

describe('start', () => {
  it('starts what is down, and says so where it runs', async () => {
    const { machines } = withMachine();
    expect(await machines.start('web', { ifNeeded: false })).toBe(true);
    expect(await machines.start('web', { ifNeeded: true })).toBe(false);
    const error = await caught(() => machines.start('web', { ifNeeded: false }));
    expect(error).toMatchObject({ code: 'wrong-state', message: 'it is running already', subject: 'web' });
  });

  it('takes it for done if somebody else was quicker, where that is enough', async () => {
    const { machines, manager } = withMachine();
    manager.failNext('start', new BackendError('already-running', 'web is running already'));
    expect(await machines.start('web', { ifNeeded: true })).toBe(false);
    manager.failNext('start', new BackendError('already-running', 'web is running already'));
    expect(await caught(() => machines.start('web', { ifNeeded: false }))).toMatchObject({
      code: 'wrong-state',
    });
  });

  it('refuses what is not there, and what is no name', async () => {
    const { machines } = withMachine();
    expect(await caught(() => machines.start('wep', { ifNeeded: true }))).toMatchObject({
      code: 'no-such-machine',
      hint: expect.stringContaining('did you mean "web"?'),
    });
    expect(await caught(() => machines.start('../x', { ifNeeded: true }))).toMatchObject({ code: 'usage' });
  });
});

describe('stop', () => {
  it('asks init to halt', async () => {
    const fixture = withMachine();
    fixture.manager.put('web', running);
    const progress: StopProgress[] = [];
    const options = { timeoutSeconds: 5, onProgress: (one: StopProgress) => progress.push(one) };
    expect(await fixture.machines.stop('web', options)).toMatchObject({
      clean: true,
      exit: { reason: 'halt' },
    });
    expect(progress).toMatchObject([{ rung: 'halt', signal: 'SIGRTMIN+4' }]);
    expect(callsOf(fixture)).toEqual(['signal web halt']);
    expect(journalOf(fixture)).toEqual(['web stopping']);
  });

  it('kills what does not listen, and says who was still there', async () => {
    const fixture = withMachine();
    fixture.manager.put('web', running);
    fixture.manager.beDeaf('web');
    const progress: StopProgress[] = [];
    const options = { timeoutSeconds: 0.05, onProgress: (one: StopProgress) => progress.push(one) };
    expect(await fixture.machines.stop('web', options)).toMatchObject({
      clean: false,
      refused: { total: 0 },
    });
    expect(progress.map(({ rung }) => rung)).toEqual(['halt', 'kill']);
    expect(callsOf(fixture)).toEqual(['signal web halt', 'kill web']);
    expect(journalOf(fixture)).toEqual(['web stopping', 'web killed']);
  });

  it('thaws a frozen machine first, and kills one that will not thaw', async () => {
    const fixture = withMachine();
    fixture.manager.put('web', { ...running, state: 'frozen' });
    await fixture.machines.stop('web', { timeoutSeconds: 5 });
    expect(callsOf(fixture)).toEqual(['unfreeze web', 'signal web halt']);
    fixture.manager.put('web', { ...running, state: 'frozen' });
    fixture.manager.failNext('unfreeze', new BackendError('timeout', 'it does not thaw'));
    expect(await fixture.machines.stop('web', { timeoutSeconds: 5 })).toMatchObject({ clean: false });
    expect(callsOf(fixture).slice(2)).toEqual(['unfreeze web', 'kill web']);
  });

  it('of a machine that is down is an error, as a kill of it is', async () => {
    const { machines } = withMachine();
    const down = { code: 'wrong-state', message: 'it is not running' };
    expect(await caught(() => machines.stop('web', { timeoutSeconds: 5 }))).toMatchObject(down);
    expect(await caught(() => machines.kill('web', 'KILL'))).toMatchObject(down);
    expect(await caught(() => machines.restart('web', { timeoutSeconds: 5 }))).toMatchObject(down);
  });
});

describe('restart', () => {
  it('stops and starts', async () => {
    const fixture = withMachine();
    fixture.manager.put('web', running);
    expect(await fixture.machines.restart('web', { timeoutSeconds: 5 })).toMatchObject({ clean: true });
    expect(callsOf(fixture)).toEqual(['signal web halt', 'start web']);
  });

  it('leaves alone what nothing says how to start again', async () => {
    const fixture = makeManaged();
    fixture.manager.put('by-hand', running);
    const error = await caught(() => fixture.machines.restart('by-hand', { timeoutSeconds: 5 }));
    expect(error).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('systemctl status') });
    expect(callsOf(fixture)).toEqual([]);
  });
});

describe('kill', () => {
  it('ends all with SIGKILL, and sends init any other signal', async () => {
    const fixture = withMachine();
    fixture.manager.put('web', running);
    await fixture.machines.kill('web', 'usr1');
    await fixture.machines.kill('web', '9');
    expect(callsOf(fixture)).toEqual(['signal web SIGUSR1', 'kill web']);
    expect(journalOf(fixture)).toEqual(['web killed', 'web killed']);
    expect(await caught(() => fixture.machines.kill('web', 'NONE'))).toMatchObject({ code: 'usage' });
  });
});

describe('freeze', () => {
  it('is for what runs, and thawing for what is frozen', async () => {
    const fixture = withMachine();
    const { machines, manager } = fixture;
    expect(await caught(() => machines.freeze('web'))).toMatchObject({ code: 'wrong-state' });
    manager.put('web', running);
    expect(await caught(() => machines.unfreeze('web'))).toMatchObject({ code: 'wrong-state' });
    await machines.freeze('web');
    expect(await caught(() => machines.freeze('web'))).toMatchObject({ message: 'it is frozen already' });
    await machines.unfreeze('web');
    expect(journalOf(fixture)).toEqual(['web frozen', 'web unfrozen']);
  });
});

describe('wait', () => {
  it('ends at once in a state that it is in, and when it comes to it', async () => {
    const { machines } = withMachine();
    await machines.waitForState('web', ['stopped'], undefined);
    const waiting = machines.waitForState('web', ['running', 'frozen'], 30);
    await machines.start('web', { ifNeeded: false });
    await waiting;
    await machines.waitUntilReady('web', 5);
  });

  it('says in which state it is when the time is over', async () => {
    const { machines } = withMachine();
    expect(await caught(() => machines.waitForState('web', ['running'], 0.01))).toMatchObject({
      code: 'timeout',
      message: 'after 0.01 s it is stopped, not running',
    });
    expect(await caught(() => machines.waitUntilReady('web', 0.01))).toMatchObject({
      code: 'failed',
      message: 'it ended before it was ready',
    });
  });
});
