import { describe, expect, it, vi } from 'vitest';
import { MachineError } from '../../../src/machines/errors.ts';
import type { AutostartMachine } from '../../../src/machines/machines.ts';
import { run } from '../stub-machines.ts';

const of = (name: string, more: Partial<AutostartMachine> = {}): AutostartMachine => ({
  name,
  state: 'stopped',
  waits: false,
  enabled: true,
  priority: 0,
  delayMs: 0,
  groups: [],
  ...more,
});

/** Tells what is begun and what is done, in order. */
function withDeeds(machines: readonly AutostartMachine[]) {
  const deeds: string[] = [];
  const deed = async (verb: string, name: string) => {
    deeds.push(`${verb} ${name}`);
    await new Promise(setImmediate);
    deeds.push(`${name} done`);
  };
  const autostartMachines = vi.fn(async () => machines);
  return {
    deeds,
    autostartMachines,
    machines: {
      autostartMachines,
      remaining: async () => ({ total: 0, processes: [] }),
      start: async (name: string) => {
        await deed('start', name);
        if (name === 'bad') throw new MachineError('failed', 'no');
        return true;
      },
      stop: async (name: string) => {
        await deed('stop', name);
        return { clean: true, exit: undefined };
      },
    },
  };
}

describe('autostart', () => {
  it('starts one priority after the other, those of one at once, and goes on after one that fails', async () => {
    const given = [of('bad', { priority: 1 }), of('a'), of('b'), of('up', { state: 'running' })];
    const { machines, deeds } = withDeeds(given);
    const ran = await run(['autostart'], { machines });
    expect(deeds).toEqual(['start bad', 'bad done', 'start a', 'start b', 'a done', 'b done']);
    expect(ran).toMatchObject({ exitCode: 1, stdout: 'a: started\nb: started\n' });
  });

  it('waits after one that others shall wait for, but not after the last', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { machines, deeds } = withDeeds([
      of('db', { priority: 1, delayMs: 50 }),
      of('web', { delayMs: 9e9 }),
    ]);
    await run(['autostart'], { machines });
    vi.useRealTimers();
    expect(deeds).toEqual(['start db', 'db done', 'start web', 'web done']);
  });

  it('--shutdown stops what is up, or waits for its restart, in the reverse order', async () => {
    const given = [
      of('db', { state: 'running', priority: 5 }),
      of('off'),
      of('web', { state: 'frozen' }),
      of('waits', { waits: true }),
    ];
    const { machines, deeds, autostartMachines } = withDeeds(given);
    expect((await run(['autostart', '--shutdown', '--all'], { machines })).exitCode).toBe(0);
    expect(deeds).toEqual(['stop waits', 'stop web', 'waits done', 'web done', 'stop db', 'db done']);
    expect(autostartMachines).toHaveBeenCalledWith({ groups: [], all: true });
  });

  it('--list shows the order, and asks for the groups given', async () => {
    const { machines, autostartMachines } = withDeeds([
      of('db', { priority: 5, delayMs: 5000, groups: ['x'] }),
    ]);
    const text = (await run(['autostart', '--list', '-g', 'x,y', '--group', 'z'], { machines })).stdout;
    expect(text).toBe(
      'NAME  STATE    AUTOSTART  PRIORITY  DELAY  GROUPS\ndb    stopped  yes               5     5s  x\n',
    );
    expect(autostartMachines).toHaveBeenCalledWith({ groups: ['x', 'y', 'z'], all: false });
    const json = await run(['autostart', '--list', '--json'], { machines });
    expect(JSON.parse(json.stdout).machines).toMatchObject([{ name: 'db', priority: 5, delayMs: 5000 }]);
  });

  it.each([
    ['--list', '--shutdown'],
    ['--group', 'a b'],
  ])('%s %s is wrong usage', async (...words) => {
    const { machines } = withDeeds([]);
    expect((await run(['autostart', ...words], { machines })).exitCode).toBe(2);
  });
});
