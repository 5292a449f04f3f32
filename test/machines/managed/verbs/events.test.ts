import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../../../src/machines/events/events.ts';
import { tell } from '../../../../src/machines/managed/tell.ts';
import { makeManaged } from '../../../fakes/managed-fixture.ts';

const shortly = (events: readonly MachineEvent[]) => events.map(({ name, type }) => `${name} ${type}`);

async function all(events: AsyncIterable<MachineEvent>): Promise<readonly MachineEvent[]> {
  const read: MachineEvent[] = [];
  for await (const event of events) read.push(event);
  return read;
}

describe('past events', () => {
  it('are those that the manager keeps and our own deeds, in order, each once', async () => {
    const { machines, managed, manager } = makeManaged();
    tell(managed, 'web', 'created', { template: 'tiny' });
    await new Promise((later) => setTimeout(later, 5));
    manager.tell({ type: 'started', name: 'web', pid: 7 });
    tell(managed, 'web', 'started');
    await new Promise((later) => setTimeout(later, 5));
    tell(managed, 'web', 'frozen');
    tell(managed, 'new', 'renamed', { from: 'web' });
    manager.tell({ type: 'images-changed' });
    expect(shortly(await all(machines.events({})))).toEqual([
      'web created',
      'web started',
      'web frozen',
      'new renamed',
    ]);
    expect(shortly(await all(machines.events({ name: 'new' })))).toEqual(['new renamed']);
    expect(await all(machines.events({ since: new Date(Date.now() + 1000) }))).toEqual([]);
  });

  it('of native machines are not among them', async () => {
    const { machines, managed } = makeManaged();
    managed.domain.journal.append({
      time: new Date().toISOString(),
      name: 'native',
      type: 'created',
      details: {},
    });
    expect(await all(machines.events({}))).toEqual([]);
  });
});

describe('events that are followed', () => {
  it('come from the manager and from our journal, and how a machine ended is told', async () => {
    const { machines, managed, manager } = makeManaged();
    manager.putImage('web');
    const ending = new AbortController();
    const told: MachineEvent[] = [];
    const reading = (async () => {
      for await (const event of machines.followEvents({}, ending.signal)) {
        told.push(event);
        if (told.length === 4) ending.abort();
      }
    })();
    await new Promise((later) => setTimeout(later, 20));
    await machines.start('web', { ifNeeded: false });
    await machines.freeze('web');
    await machines.unfreeze('web');
    manager.end('web', { reason: 'exited', code: 3 });
    await reading;
    expect(shortly(told)).toEqual(['web started', 'web frozen', 'web unfrozen', 'web stopped']);
    expect(told[3]?.details).toEqual({ reason: 'exited', code: 3, backend: 'nspawn' });
    expect(managed.domain.journal.read().next().done).toBe(false);
  });
});
