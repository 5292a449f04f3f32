import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startBatches, stopBatches } from '../../../src/machines/looking/autostart-order.ts';
import type { AutostartMachine } from '../../../src/machines/machines.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { type MachinesFixture, makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

const of = (name: string, priority = 0, delayMs = 0): AutostartMachine => ({
  name,
  state: 'stopped',
  waits: false,
  enabled: true,
  priority,
  delayMs,
  groups: [],
});

async function withMachines(
  machines: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<MachinesFixture> {
  const fixture = makeMachines();
  for (const [name, settings] of Object.entries(machines)) {
    await fixture.machines.create(request(name, { settings }));
  }
  return fixture;
}

const namesOf = async ({ machines }: MachinesFixture, groups: readonly string[] = [], all = false) =>
  (await machines.autostartMachines({ groups, all })).map(({ name }) => name);

const on = { autostart: 'yes' };

describe('the machines that start with the host', () => {
  it('are those that shall, the higher priority first, then by name', async () => {
    const fixture = await withMachines({
      web: on,
      app: on,
      db: { ...on, 'autostart.priority': '10' },
      last: { ...on, 'autostart.priority': '-5' },
      idle: { 'autostart.priority': '99' },
    });
    expect(await namesOf(fixture)).toEqual(['db', 'app', 'web', 'last']);
    expect(await namesOf(fixture, [], true)).toEqual(['idle', 'db', 'app', 'web', 'last']);
  });

  it('can be those of some groups alone', async () => {
    const fixture = await withMachines({
      a: { ...on, 'autostart.groups': 'shop, mail' },
      b: { ...on, 'autostart.groups': 'mail' },
      c: on,
    });
    expect(await namesOf(fixture, ['shop'])).toEqual(['a']);
    expect(await namesOf(fixture, ['shop', 'mail'])).toEqual(['a', 'b']);
    expect(await namesOf(fixture, ['none'])).toEqual([]);
  });

  it('leave out throw-away clones, and one whose config cannot be read', async () => {
    const fixture = await withMachines({ web: on, bad: on });
    await fixture.machines.startEphemeral('web', quietWork);
    writeFileSync(`${fixture.paths.machine('bad')}/config.json`, '{');
    expect(await namesOf(fixture)).toEqual(['web']);
  });

  it('tell what they are started by', async () => {
    const fixture = await withMachines({
      web: { ...on, 'autostart.priority': '+3', 'autostart.delay': '90s', 'autostart.groups': 'x,y,x' },
    });
    expect(await fixture.machines.autostartMachines({ groups: [], all: false })).toEqual([
      { ...of('web', 3, 90_000), groups: ['x', 'y'] },
    ]);
  });
});

describe('the order', () => {
  it('starts those of one priority together, up to one that is waited for', () => {
    expect(startBatches([of('a', 2), of('b', 2), of('c', 1, 5000), of('d', 1), of('e', 1)])).toMatchObject([
      { names: ['a', 'b'], pauseMs: 0 },
      { names: ['c'], pauseMs: 5000 },
      { names: ['d', 'e'], pauseMs: 0 },
    ]);
  });

  it('of the stop is the other way round, without pauses', () => {
    expect(stopBatches([of('a', 2), of('b', 2), of('c', 1, 5000), of('d', -1)])).toEqual([
      { names: ['d'], pauseMs: 0 },
      { names: ['c'], pauseMs: 0 },
      { names: ['b', 'a'], pauseMs: 0 },
    ]);
  });
});

it.each([
  ['autostart', 'maybe'],
  ['autostart.priority', '1.5'],
  ['autostart.priority', '1000001'],
  ['autostart.priority', '1e3'],
  ['autostart.delay', '-5s'],
  ['autostart.groups', 'a b'],
  ['autostart.groups', '../etc'],
  ['autostart.groups', 'x\u001b[31m'],
])('%s=%j is refused', async (key, value) => {
  const { machines } = await withMachines({ web: {} });
  const error = await caught(() => machines.changeSettings('web', { [key]: value }));
  expect(error).toMatchObject({ code: 'usage', subject: key });
});
