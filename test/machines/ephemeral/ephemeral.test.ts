import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import { MachineError } from '../../../src/machines/errors.ts';
import type { RunRequest } from '../../../src/machines/machines.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const command = {
  argv: ['true'] as const,
  user: 'root',
  workingDirectory: undefined,
  environment: {},
  terminal: false,
  stdio: 'inherit' as const,
};

function runRequest(changes: Partial<RunRequest> = {}): RunRequest {
  return { ...request(undefined), command, ...changes };
}

/** Who made it is dead. */
function orphan({ paths }: MachinesFixture, name: string, kind: 'run' | 'start'): void {
  mkdirSync(paths.ephemeral, { recursive: true });
  writeFileSync(`${paths.ephemeral}/${name}`, JSON.stringify({ kind, owner: { pid: 1, start: 'gone' } }));
}

function isGone({ paths }: MachinesFixture, name: string): boolean {
  const left = [paths.machine(name), `${paths.ephemeral}/${name}`].filter(existsSync);
  return left.length === 0 && (!existsSync(paths.trash) || readdirSync(paths.trash).length === 0);
}

describe('run', () => {
  it('makes a machine, runs the command in it, and leaves nothing of it', async () => {
    const fixture = makeMachines();
    const { machines, backend } = fixture;
    let seen: unknown;
    backend.exec = async ({ spec }) => {
      seen = { ...(await machines.list())[0], argv: spec.init.argv[0] };
      return { exitCode: 3, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    };
    expect((await machines.run(runRequest({ name: 'job' }))).exitCode).toBe(3);
    expect(seen).toMatchObject({ name: 'job', state: 'running', ephemeral: true, argv: '/bin/sh' });
    expect(isGone(fixture, 'job')).toBe(true);
    expect((await eventsOf(machines)).map(({ type }) => type)).toEqual([
      'created',
      'started',
      'killed',
      'stopped',
      'destroyed',
      'purged',
    ]);
  });

  it('leaves nothing when the machine does not start, or the command cannot run', async () => {
    for (const verb of ['start', 'kill'] as const) {
      const fixture = makeMachines();
      if (verb === 'start') fixture.backend.failNext(verb, new BackendError('launch-failed', 'no shell'));
      else fixture.backend.exec = () => Promise.reject(new BackendError('failed', 'cannot run'));
      expect(await caught(() => fixture.machines.run(runRequest({ name: 'job' })))).toMatchObject({
        code: 'failed',
      });
      expect(isGone(fixture, 'job')).toBe(true);
    }
  });

  it('is undone when it is broken off before the command begins', async () => {
    const fixture = makeMachines();
    const abort = new AbortController();
    const start = fixture.backend.start;
    fixture.backend.start = async (handle) => {
      abort.abort();
      return start(handle);
    };
    const error = await caught(() => fixture.machines.run(runRequest({ name: 'job', signal: abort.signal })));
    expect(error.message).toMatch(/interrupted/);
    expect(isGone(fixture, 'job')).toBe(true);
    expect(fixture.backend.calls).toContain('kill job');
  });

  it('has somebody see to the machine if this process dies, from before it is made until it is gone', async () => {
    const { machines, backend, later } = makeMachines();
    const seen: unknown[] = [];
    const allocate = backend.allocateIdRange;
    backend.allocateIdRange = (name) => {
      seen.push(...later.atEnd);
      return allocate(name);
    };
    await machines.run(runRequest({ name: 'job' }));
    expect(seen).toEqual([['internal', 'sweep', 'job']]);
    expect(later.atEnd).toEqual([]);
  });

  it('leaves a machine alone that has the name already', async () => {
    const { machines } = await withMachine('running');
    expect((await caught(() => machines.run(runRequest({ name: 'web' })))).code).toBe('exists');
    expect(await machines.list()).toMatchObject([{ name: 'web', state: 'running' }]);
  });
});

describe('start --ephemeral', () => {
  it('starts a clone, which is gone for good when it is stopped', async () => {
    const fixture = await withMachine();
    const { machines } = fixture;
    const name = await machines.startEphemeral('web', quietWork);
    expect(name).toMatch(/^web-[a-z]+$/);
    expect((await machines.list()).map(({ state, ephemeral }) => [state, ephemeral])).toEqual([
      ['stopped', false],
      ['running', true],
    ]);
    await machines.stop(name, { timeoutSeconds: 5 });
    expect(isGone(fixture, name)).toBe(true);
    expect(await machines.names()).toEqual(['web']);
  });

  it('picks another name if the first is refused, and makes nothing of that one', async () => {
    const { machines } = await withMachine();
    const refused: string[] = [];
    const checkName = async (name: string) => {
      if (refused.push(name) === 1) throw new MachineError('exists', 'another backend has it');
    };
    const name = await machines.startEphemeral('web', { ...quietWork, checkName });
    expect(refused).toHaveLength(2);
    expect(name).toBe(refused[1]);
    expect(await machines.names()).toEqual(['web', name].sort());
  });

  it('has it swept when it ends by itself, also when it would be restarted otherwise', async () => {
    const fixture = await withMachine('stopped', 'web', { settings: { 'restart.policy': 'always' } });
    const { machines, backend, later } = fixture;
    const name = await machines.startEphemeral('web', quietWork);
    backend.end(name, { reason: 'halt' });
    await machines.waitForState(name, ['stopped'], 10);
    expect(later.waiting.map(({ words }) => words)).toEqual([['internal', 'sweep', name]]);
    await machines.sweep(name);
    expect(isGone(fixture, name)).toBe(true);
  });

  it('is waited for by who sweeps it, where that is quicker than what takes it down', async () => {
    const fixture = await withMachine();
    const { machines, backend } = fixture;
    const name = await machines.startEphemeral('web', quietWork);
    let takenDown = () => {};
    backend.onExit = () =>
      new Promise((resolve) => {
        takenDown = () => resolve('stay-down');
      });
    backend.end(name, { reason: 'halt' });
    expect(await machines.info(name)).toMatchObject({ state: 'stopping' });
    const swept = machines.sweep(name);
    setTimeout(takenDown, 100);
    await swept;
    expect(isGone(fixture, name)).toBe(true);
  });

  it('undoes the clone when that does not start', async () => {
    const { machines, backend } = await withMachine();
    backend.failNext('start', new BackendError('launch-failed', 'no'));
    await caught(() => machines.startEphemeral('web', quietWork));
    expect(await machines.names()).toEqual(['web']);
  });

  it('of a snapshot runs what was then', async () => {
    const { machines } = await withMachine();
    await machines.snapshot('web', {
      ...quietWork,
      snapshot: 'then',
      comment: undefined,
      expiresAfterMs: undefined,
      keep: undefined,
    });
    await machines.startEphemeral('web@then', quietWork);
    expect((await machines.list())[1]).toMatchObject({ ephemeral: true, state: 'running' });
  });
});

describe('an ephemeral machine', () => {
  async function ephemeral(): Promise<MachinesFixture & { readonly name: string }> {
    const fixture = await withMachine();
    return { ...fixture, name: await fixture.machines.startEphemeral('web', quietWork) };
  }

  it('goes with the next command, on any machine, when nobody was left to remove it', async () => {
    const fixture = await ephemeral();
    fixture.backend.put(fixture.name, { state: 'stopped', lastExit: undefined });
    await fixture.machines.start('web', { ifNeeded: true });
    expect(isGone(fixture, fixture.name)).toBe(true);
  });

  it('goes when it is destroyed, and not to the trash', async () => {
    const fixture = await ephemeral();
    await fixture.machines.destroy(fixture.name, { force: true, now: false });
    expect(isGone(fixture, fixture.name)).toBe(true);
  });

  it('is kept by a clone of it, which is none', async () => {
    const { machines, name } = await ephemeral();
    expect((await caught(() => machines.rename(name, 'kept'))).hint).toContain(
      `tsmachine clone ${name} kept`,
    );
    await machines.clone(name, 'kept', { ...quietWork, keepIdentity: false });
    await machines.stop(name, { timeoutSeconds: 5 });
    expect(await machines.info('kept')).toMatchObject({ ephemeral: false });
  });

  it('of a run goes on no longer than its command, though it runs', async () => {
    const fixture = await ephemeral();
    orphan(fixture, fixture.name, 'run');
    await fixture.machines.sweep(fixture.name);
    expect(isGone(fixture, fixture.name)).toBe(true);
  });

  it('is left alone while it runs, or while the command that made it is at work', async () => {
    const fixture = await ephemeral();
    await fixture.machines.sweep(fixture.name);
    expect(await fixture.machines.names()).toContain(fixture.name);
    const owner = { pid: process.pid, start: 'own' };
    writeFileSync(`${fixture.paths.ephemeral}/${fixture.name}`, JSON.stringify({ kind: 'run', owner }));
    fixture.backend.put(fixture.name, { state: 'stopped', lastExit: undefined });
    await fixture.machines.start('web', { ifNeeded: true });
    expect(await fixture.machines.names()).toContain(fixture.name);
  });
});

it('a lasting machine is never swept, whatever lies in the folder of marks', async () => {
  const fixture = await withMachine();
  orphan(fixture, 'web', 'run');
  orphan(fixture, 'nobody', 'run');
  await fixture.machines.create(request('other'));
  expect(await fixture.machines.names()).toEqual(['other', 'web']);
  await fixture.machines.sweep('web');
  expect(await fixture.machines.names()).toEqual(['other', 'web']);
  expect(readdirSync(fixture.paths.ephemeral)).toEqual([]);
});
