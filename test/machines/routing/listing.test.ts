import { describe, expect, it } from 'vitest';
import type { AutostartMachine } from '../../../src/machines/machines.ts';
import { summary } from '../../commands/stub-machines.ts';
import { twoSides } from '../../fakes/two-sides.ts';

const theirs = (name: string) => summary(name, { backend: 'nspawn' });

describe('the list of machines', () => {
  it('has those of both, by name', async () => {
    const { machines, warnings } = twoSides({
      own: ['web', 'a'],
      theirs: ['db'],
      native: { list: async () => [summary('a'), summary('web')] },
      managed: { list: async () => [theirs('db')] },
    });
    const list = await machines.list();
    expect(list.map(({ name, backend }) => [name, backend])).toEqual([
      ['a', 'native'],
      ['db', 'nspawn'],
      ['web', 'native'],
    ]);
    expect(await machines.names()).toEqual(['a', 'db', 'web']);
    expect(warnings).toEqual([]);
  });

  it('shows the native one of two of one name, and says that there is another', async () => {
    const { machines, warnings } = twoSides({
      own: ['web'],
      theirs: ['web'],
      native: { list: async () => [summary('web')] },
      managed: { list: async () => [theirs('web')] },
    });
    expect((await machines.list()).map(({ backend }) => backend)).toEqual(['native']);
    expect(warnings).toEqual([expect.stringContaining('--backend nspawn reaches it')]);
    expect(await machines.names()).toEqual(['web']);
  });

  it('has the native ones where the manager fails, and says so', async () => {
    const { machines, warnings } = twoSides({
      own: ['web'],
      broken: true,
      native: { list: async () => [summary('web')] },
    });
    expect(await machines.list()).toHaveLength(1);
    expect(await machines.names()).toEqual(['web']);
    expect(warnings[0]).toContain('the system bus does not answer');
  });
});

describe('machines that start with the host', () => {
  const machine = (name: string, priority: number): AutostartMachine => ({
    name,
    state: 'stopped',
    waits: false,
    enabled: true,
    priority,
    delayMs: 0,
    groups: [],
  });

  it('come in one order, whoever has them, and once each', async () => {
    const { machines } = twoSides({
      own: ['web', 'b'],
      native: { autostartMachines: async () => [machine('b', 5), machine('web', 0)] },
      managed: { autostartMachines: async () => [machine('db', 10), machine('a', 5), machine('web', 20)] },
    });
    const chosen = await machines.autostartMachines({ groups: [], all: false });
    expect(chosen.map(({ name }) => name)).toEqual(['db', 'a', 'b', 'web']);
  });
});

describe('snapshots that are due', () => {
  it('are taken on both', async () => {
    const due = (machine: string) => async () => [{ machine, taken: 'hourly-1', removed: [], error: null }];
    const { machines } = twoSides({
      native: { takeDueSnapshots: due('web') },
      managed: { takeDueSnapshots: due('db') },
    });
    const taken = await machines.takeDueSnapshots({} as never);
    expect(taken.map(({ machine }) => machine)).toEqual(['web', 'db']);
  });
});
