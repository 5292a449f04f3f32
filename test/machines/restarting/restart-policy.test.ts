import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExitRecord } from '../../../src/backends/backend.ts';
import { BackendError } from '../../../src/backends/backend.ts';
import { eventsOf, typesOf, withMachine } from '../../fakes/created-machines.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const FAILED = { reason: 'exited', code: 1 } as const;

function running(settings: Readonly<Record<string, string>>): Promise<MachinesFixture> {
  return withMachine('running', 'web', { settings });
}

async function endOf({ machines, backend }: MachinesFixture, exit: Partial<ExitRecord>): Promise<void> {
  backend.end('web', exit);
  await machines.waitForState('web', ['stopped'], 10);
}

/** The time of the one that waits has come: it is this process now. */
async function comeDue({ machines, later }: MachinesFixture): Promise<number | undefined> {
  const [next] = later.waiting;
  if (next === undefined) return undefined;
  later.become(next.waiter);
  expect(next.words).toEqual(['internal', 'restart', 'web']);
  await machines.restartDue('web');
  return next.milliseconds;
}

const stateOf = async ({ machines }: MachinesFixture) => (await machines.list())[0]?.state;

describe('restart.policy', () => {
  it.each([
    ['no', FAILED, false],
    ['on-failure', FAILED, true],
    ['on-failure', { reason: 'signaled', signal: 11 }, true],
    ['on-failure', { reason: 'exited', code: 0 }, false],
    ['on-failure', { reason: 'halt' }, false],
    ['always', { reason: 'exited', code: 0 }, true],
    ['always', { reason: 'halt' }, true],
  ] as const)('%s, of a machine that ended by %j: restarts is %j', async (policy, exit, restarts) => {
    const fixture = await running({ 'restart.policy': policy });
    await endOf(fixture, exit);
    expect(fixture.later.waiting).toHaveLength(restarts ? 1 : 0);
    expect((await fixture.machines.info('web')).restartAt === null).toBe(!restarts);
  });

  it('starts the machine when its time has come, and tells which restart it is', async () => {
    const fixture = await running({ 'restart.policy': 'on-failure' });
    await endOf(fixture, FAILED);
    expect(await stateOf(fixture)).toBe('stopped');
    expect(await comeDue(fixture)).toBe(1000);
    expect(await stateOf(fixture)).toBe('running');
    expect((await eventsOf(fixture.machines)).slice(-2)).toMatchObject([
      { type: 'restart-planned', details: { attempt: 1, inMs: 1000 } },
      { type: 'started', details: { attempt: 1 } },
    ]);
    expect(await fixture.machines.info('web')).toMatchObject({
      restartAt: null,
      restart: { policy: 'on-failure', restarts: 1, givenUp: false },
    });
  });

  it('doubles the delay up to its bound, and gives up at the limit until a person starts it', async () => {
    const fixture = await running({
      'restart.policy': 'always',
      'restart.delay': '2s',
      'restart.max-delay': '5s',
      'restart.limit': '4/1h',
    });
    const delays = [];
    for (let round = 0; round < 5; round += 1) {
      await endOf(fixture, FAILED);
      delays.push(await comeDue(fixture));
    }
    expect(delays).toEqual([2000, 4000, 5000, 5000, undefined]);
    expect((await fixture.machines.info('web')).restart).toMatchObject({ restarts: 4, givenUp: true });
    expect((await typesOf(fixture.machines)).at(-1)).toBe('restart-given-up');
    await fixture.machines.start('web', { ifNeeded: false });
    await endOf(fixture, FAILED);
    expect(await comeDue(fixture)).toBe(2000);
  });

  it('without a delay starts again at once, by who decides about the end', async () => {
    const fixture = await running({ 'restart.policy': 'on-failure', 'restart.delay': '0' });
    fixture.backend.end('web', FAILED);
    expect(await fixture.machines.handleExit('web', { final: false })).toBe('start-again');
    expect(fixture.later.waiting).toEqual([]);
  });

  it('plans the next restart when one fails', async () => {
    const fixture = await running({ 'restart.policy': 'on-failure' });
    await endOf(fixture, FAILED);
    fixture.backend.failNext('start', new BackendError('launch-failed', 'no such file'));
    await caught(() => comeDue(fixture));
    expect((await typesOf(fixture.machines)).slice(-2)).toEqual(['restart-failed', 'restart-planned']);
    expect(await comeDue(fixture)).toBe(2000);
    expect(await stateOf(fixture)).toBe('running');
  });

  it('says so when nobody can wait', async () => {
    const fixture = await running({ 'restart.policy': 'on-failure' });
    fixture.later.exhausted = true;
    await endOf(fixture, FAILED);
    expect((await eventsOf(fixture.machines)).at(-1)).toMatchObject({
      type: 'restart-given-up',
      details: { reason: 'no process could be started that waits' },
    });
  });
});

describe('a machine that waits for its restart', () => {
  async function waiting(): Promise<MachinesFixture> {
    const fixture = await running({ 'restart.policy': 'always' });
    await endOf(fixture, FAILED);
    expect(fixture.later.waiting).toHaveLength(1);
    return fixture;
  }

  it('stays down when it is stopped, and a stop of it is no error', async () => {
    const fixture = await waiting();
    expect(await fixture.machines.stop('web', { timeoutSeconds: 1 })).toMatchObject({ clean: true });
    expect(fixture.later.waiting).toEqual([]);
    expect((await typesOf(fixture.machines)).at(-1)).toBe('restart-cancelled');
    expect((await caught(() => fixture.machines.stop('web', { timeoutSeconds: 1 }))).code).toBe(
      'wrong-state',
    );
  });

  it('stays down when it is killed', async () => {
    const fixture = await waiting();
    await fixture.machines.kill('web', 'SIGKILL');
    expect(fixture.later.waiting).toEqual([]);
  });

  it('starts at once when it is started, and not a second time', async () => {
    const fixture = await waiting();
    await fixture.machines.start('web', { ifNeeded: false });
    expect(fixture.later.waiting).toEqual([]);
  });

  it('leaves nobody waiting when it is destroyed or renamed', async () => {
    const destroyed = await waiting();
    await destroyed.machines.destroy('web', { force: false, now: false });
    expect(destroyed.later.waiting).toEqual([]);
    const renamed = await waiting();
    await renamed.machines.rename('web', 'db');
    expect(renamed.later.waiting).toEqual([]);
  });

  it('stays down when the policy was taken away meanwhile', async () => {
    const fixture = await waiting();
    await fixture.machines.changeSettings('web', { 'restart.policy': 'no' });
    await comeDue(fixture);
    expect(await stateOf(fixture)).toBe('stopped');
  });

  it('is simply down when who waited was killed', async () => {
    const fixture = await waiting();
    fixture.later.cancel(fixture.later.waiting[0]?.waiter ?? { pid: 0, start: '' });
    expect((await fixture.machines.info('web')).restartAt).toBe(null);
    expect((await caught(() => fixture.machines.stop('web', { timeoutSeconds: 1 }))).code).toBe(
      'wrong-state',
    );
    await fixture.machines.start('web', { ifNeeded: false });
  });

  it('is not started by one that waited before', async () => {
    const fixture = await waiting();
    fixture.later.become({ pid: 99, start: 'another' });
    await fixture.machines.restartDue('web');
    expect(await stateOf(fixture)).toBe('stopped');
  });
});

describe('an end that somebody asked for', () => {
  it('is followed by nothing, whatever the policy', async () => {
    for (const end of [
      (f: MachinesFixture) => f.machines.stop('web', { timeoutSeconds: 5 }),
      (f: MachinesFixture) => f.machines.kill('web', 'SIGKILL'),
      async (f: MachinesFixture) => {
        f.backend.haltBehaviour = 'ignores';
        await f.machines.stop('web', { timeoutSeconds: 0.02 });
      },
    ]) {
      const fixture = await running({ 'restart.policy': 'always' });
      await end(fixture);
      expect(fixture.later.waiting).toEqual([]);
    }
  });

  it('is followed by nothing also when it was decided about before the stop was known', async () => {
    const fixture = await running({ 'restart.policy': 'always' });
    const { machines, backend, later, paths } = fixture;
    const watchEnd = backend.watchEnd;
    // Its monitor had asked on-exit just before the mark was there.
    backend.watchEnd = (handle, decide) => {
      const waiter = later.after(1000, ['internal', 'restart', 'web']);
      mkdirSync(paths.restarts, { recursive: true });
      writeFileSync(`${paths.restarts}/web.json`, JSON.stringify({ at: 0, attempt: 1, waiter }));
      return watchEnd(handle, decide);
    };
    await machines.stop('web', { timeoutSeconds: 5 });
    expect(later.waiting).toEqual([]);
  });

  it('on-oom=stop is', async () => {
    const fixture = await running({ 'restart.policy': 'always', 'on-oom': 'stop' });
    fixture.backend.putNews('web', { type: 'oom-killed', processes: 1, cause: 'limit' });
    await endOf(fixture, { reason: 'signaled', signal: 9 });
    expect(fixture.later.waiting).toEqual([]);
  });
});

it('on-oom=restart comes before the policy, and the policy after it has had enough', async () => {
  const fixture = await running({ 'restart.policy': 'on-failure', 'on-oom': 'restart' });
  const { machines, backend, later } = fixture;
  const answers = [];
  for (let round = 0; round < 4; round += 1) {
    backend.putNews('web', { type: 'oom-killed', processes: 1, cause: 'limit' });
    await endOf(fixture, { reason: 'signaled', signal: 9 });
    answers.push(later.waiting.length);
  }
  expect(answers).toEqual([0, 0, 0, 1]);
  expect((await typesOf(machines)).at(-1)).toBe('restart-planned');
});

describe('the keys of restarts', () => {
  it.each([
    ['restart.policy', 'sometimes'],
    ['restart.delay', '-1s'],
    ['restart.delay', '2d'],
    ['restart.delay', '1 fortnight'],
    ['restart.limit', '0/10m'],
    ['restart.limit', '5'],
    ['restart.limit', '5/0s'],
    ['restart.limit', '5/10m\n'],
  ])('%s=%j is refused', async (key, value) => {
    const { machines } = await withMachine();
    const error = await caught(() => machines.changeSettings('web', { [key]: value }));
    expect(error).toMatchObject({ code: 'usage', subject: key });
  });

  it('are printed as they can be written', async () => {
    const { machines } = await withMachine();
    const written = {
      'restart.policy': 'always',
      'restart.delay': '500ms',
      'restart.max-delay': '90s',
      'restart.limit': 'none',
    };
    expect(await machines.settings('web')).toMatchObject({
      'restart.policy': 'no',
      'restart.delay': '1s',
      'restart.max-delay': '5m',
      'restart.limit': '5/10m',
    });
    await machines.changeSettings('web', written);
    expect(await machines.settings('web')).toMatchObject(written);
    await machines.changeSettings('web', Object.fromEntries(Object.keys(written).map((key) => [key, ''])));
    expect(await machines.readConfig('web')).not.toHaveProperty('restart');
  });
});
