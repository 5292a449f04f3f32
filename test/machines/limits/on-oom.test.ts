import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import type { LimitNews } from '../../../src/backends/limit-news.ts';
import { eventsOf, typesOf, withMachine } from '../../fakes/created-machines.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const kill: LimitNews = { type: 'oom-killed', processes: 1, cause: 'limit' };
const SIGKILLED = { reason: 'signaled', signal: 9 } as const;

function running(onOom: string): Promise<MachinesFixture> {
  return withMachine('running', 'web', { settings: { 'on-oom': onOom } });
}

async function actionsOf({ machines }: MachinesFixture) {
  return (await eventsOf(machines)).filter(({ type }) => type === 'oom-action').map(({ details }) => details);
}

describe('what the monitor hears', () => {
  it('is told, with its numbers', async () => {
    const { machines, backend } = await withMachine('running', 'web', {
      settings: { 'pressure.io': 'full 300ms/2s' },
    });
    backend.putNews(
      'web',
      { type: 'limit-reached', limit: 'pids.max', times: 40 },
      { type: 'oom-killed', processes: 2, cause: 'outside' },
      { type: 'pressure', resource: 'io', stalledUsec: 1_234_567 },
    );
    await machines.handleEvent('web', []);
    expect((await eventsOf(machines)).slice(-3)).toMatchObject([
      { type: 'limit-reached', details: { limit: 'pids.max', times: 40 } },
      { type: 'oom-killed', details: { processes: 2, cause: 'outside' } },
      { type: 'pressure', details: { resource: 'io', threshold: 'full 300ms/2s', stalledMs: 1235 } },
    ]);
  });

  it('is told of a machine whose config is broken, too', async () => {
    const { machines, backend, paths } = await running('stop');
    writeFileSync(`${paths.machine('web')}/config.json`, '{');
    backend.putNews('web', kill);
    await machines.handleEvent('web', []);
    expect(await typesOf(machines)).toEqual(['started', 'oom-killed']);
  });

  it('is told before the end that it led to, by who decides what comes then', async () => {
    const { machines, backend } = await withMachine('running');
    backend.putNews('web', kill);
    backend.end('web', SIGKILLED);
    await machines.waitForState('web', ['stopped'], 10);
    expect(await typesOf(machines)).toEqual(['started', 'oom-killed', 'stopped']);
  });
});

describe('on-oom of a machine that goes on', () => {
  it.each([
    ['ignore', ['oom-killed'], []],
    ['freeze', ['oom-killed', 'oom-action', 'frozen'], ['freeze web']],
    ['stop', ['oom-killed', 'oom-action', 'stopping', 'stopped'], ['signal web halt']],
    [
      'restart',
      ['oom-killed', 'oom-action', 'stopping', 'stopped', 'started'],
      ['signal web halt', 'start web'],
    ],
  ] as const)('%s does what it says', async (action, types, calls) => {
    const { machines, backend } = await running(action);
    const before = backend.calls.length;
    backend.putNews('web', kill);
    await machines.handleEvent('web', []);
    expect((await typesOf(machines)).slice(1)).toEqual(types);
    expect(backend.calls.slice(before)).toEqual(calls);
  });

  it('does nothing for a limit that the machine gave to a part of itself', async () => {
    const fixture = await running('restart');
    fixture.backend.putNews('web', { ...kill, cause: 'inside' });
    await fixture.machines.handleEvent('web', []);
    expect(await typesOf(fixture.machines)).toEqual(['started', 'oom-killed']);
  });

  it('does nothing for what is no kill', async () => {
    const fixture = await running('stop');
    fixture.backend.putNews('web', { type: 'limit-reached', limit: 'memory.max', times: 3 });
    await fixture.machines.handleEvent('web', []);
    expect(await typesOf(fixture.machines)).toEqual(['started', 'limit-reached']);
  });

  it('leaves alone what somebody stopped, restarted or froze meanwhile', async () => {
    for (const meanwhile of [
      (f: MachinesFixture) => f.machines.stop('web', { timeoutSeconds: 5 }),
      async (f: MachinesFixture) => {
        await new Promise((resolve) => setTimeout(resolve, 2)); // a run is known by the millisecond of its start
        await f.machines.restart('web', { timeoutSeconds: 5 });
      },
      (f: MachinesFixture) => f.machines.freeze('web'),
    ]) {
      const fixture = await running('restart');
      const { machines, backend } = fixture;
      backend.putNews('web', kill);
      // What the person does comes first to the lock; the kill is told before that.
      const takeNews = backend.takeLimitNews;
      backend.takeLimitNews = async (...args) => {
        backend.takeLimitNews = takeNews;
        const history = await takeNews(...args);
        await meanwhile(fixture);
        return history;
      };
      await machines.handleEvent('web', []);
      expect(await actionsOf(fixture)).toEqual([]);
    }
  });

  it('restarts three times within ten minutes, and then says that it does not', async () => {
    const fixture = await running('restart');
    for (let round = 0; round < 5; round += 1) {
      fixture.backend.putNews('web', kill);
      await fixture.machines.handleEvent('web', []);
    }
    const refused = 'it was restarted 3 times within 10 minutes';
    expect(await actionsOf(fixture)).toEqual([
      ...Array(3).fill({ action: 'restart' }),
      ...Array(2).fill({ action: 'restart', refused }),
    ]);
    expect(await fixture.machines.list()).toMatchObject([{ state: 'running' }]);
  });

  it('that cannot be carried out says so', async () => {
    const fixture = await running('freeze');
    fixture.backend.putNews('web', kill);
    fixture.backend.failNext('freeze', new BackendError('timeout', 'it does not freeze'));
    expect((await caught(() => fixture.machines.handleEvent('web', []))).code).toBe('timeout');
    expect((await actionsOf(fixture)).at(-1)).toEqual({ action: 'freeze', refused: 'it does not freeze' });
  });
});

describe('on-oom=restart of a machine that died of it', () => {
  async function endOf(onOom: string, news: readonly LimitNews[], exit: object, final = false) {
    const fixture = await running(onOom);
    fixture.backend.onExit = async () => {};
    fixture.backend.putNews('web', ...news);
    fixture.backend.end('web', exit);
    const answer = await fixture.machines.handleExit('web', { final });
    return { answer, types: (await typesOf(fixture.machines)).slice(1) };
  }

  it('starts it again', async () => {
    expect(await endOf('restart', [kill], SIGKILLED)).toEqual({
      answer: 'start-again',
      types: ['oom-killed', 'stopped', 'oom-action'],
    });
  });

  it.each([
    ['the machine is to stay down', 'restart', [kill], SIGKILLED, true],
    ['it was killed by somebody else', 'restart', [], SIGKILLED, false],
    ['it halted', 'restart', [kill], { reason: 'halt' }, false],
    ['on-oom says something else', 'stop', [kill], SIGKILLED, false],
    ['on-oom says nothing', 'ignore', [kill], SIGKILLED, false],
  ] as const)('does not if %s', async (_, onOom, news, exit, final) => {
    const { answer, types } = await endOf(onOom, news, exit, final);
    expect(answer).toBe('stay-down');
    expect(types).not.toContain('oom-action');
  });

  it('does so although the kill was told a moment before the end', async () => {
    const { machines, backend } = await withMachine('running');
    backend.onExit = async () => {};
    backend.putNews('web', kill);
    await machines.handleEvent('web', []);
    await machines.changeSettings('web', { 'on-oom': 'restart' });
    backend.end('web', SIGKILLED);
    expect(await machines.handleExit('web', { final: false })).toBe('start-again');
  });

  it('does not in the middle of a stop', async () => {
    const { machines, backend } = await running('restart');
    backend.haltBehaviour = 'ignores';
    const stop = machines.stop('web', { timeoutSeconds: 0.05 });
    backend.putNews('web', kill);
    await stop;
    expect(await typesOf(machines)).toEqual(['started', 'stopping', 'killed', 'oom-killed', 'stopped']);
  });

  it('does not go round for ever', async () => {
    const { machines, backend } = await running('restart');
    const answers: string[] = [];
    backend.onExit = async () => {};
    for (let round = 0; round < 5; round += 1) {
      backend.putNews('web', kill);
      backend.end('web', SIGKILLED);
      answers.push(await machines.handleExit('web', { final: false }));
    }
    expect(answers).toEqual(['start-again', 'start-again', 'start-again', 'stay-down', 'stay-down']);
  });
});
