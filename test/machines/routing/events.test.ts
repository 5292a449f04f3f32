import { setTimeout as rest } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../../src/machines/events/events.ts';
import { noBus, twoSides } from '../../fakes/two-sides.ts';

const event = (name: string, second: number, type: MachineEvent['type'] = 'started'): MachineEvent => ({
  time: `2026-01-31T12:00:${String(second).padStart(2, '0')}.000Z`,
  name,
  type,
  details: {},
});

const all = (...events: readonly MachineEvent[]) =>
  async function* () {
    yield* events;
  };

async function namesOf(events: AsyncIterable<MachineEvent>): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of events) names.push(name);
  return names;
}

describe('past events', () => {
  it('are those of both, by time', async () => {
    const { machines } = twoSides({
      native: { events: all(event('a', 1), event('c', 3), event('e', 5)) },
      managed: { events: all(event('b', 2), event('d', 4)) },
    });
    expect(await namesOf(machines.events({}))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('are told once, also what both sides read in the journal', async () => {
    const twin = { ...event('db', 2, 'snapshotted'), details: { backend: 'nspawn' } };
    const { machines } = twoSides({
      native: { events: all(event('a', 1), twin, event('c', 3)) },
      managed: { events: all({ ...twin }) },
    });
    expect(await namesOf(machines.events({}))).toEqual(['a', 'db', 'c']);
  });

  it('of a native machine are asked of nobody else', async () => {
    const { machines, asked } = twoSides({ own: ['web'], native: { events: all(event('web', 1)) } });
    expect(await namesOf(machines.events({ name: 'web' }))).toEqual(['web']);
    expect(asked()).toBe(0);
  });

  it('are native ones where the manager breaks off, which is said', async () => {
    const { machines, warnings } = twoSides({
      native: { events: all(event('a', 1), event('c', 3)) },
      managed: {
        events: async function* () {
          yield event('b', 2);
          throw noBus;
        },
      },
    });
    expect(await namesOf(machines.events({}))).toEqual(['a', 'b', 'c']);
    expect(warnings).toHaveLength(1);
  });
});

describe('events that are followed', () => {
  const forever = (...events: readonly MachineEvent[]) =>
    async function* (_: object, signal: AbortSignal) {
      yield* events;
      await rest(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
    };

  it('come from both as they happen, and end with the signal', async () => {
    const ending = new AbortController();
    const { machines } = twoSides({
      native: { followEvents: forever(event('web', 1)) },
      managed: { followEvents: forever(event('db', 2)) },
    });
    const names: string[] = [];
    for await (const { name } of machines.followEvents({}, ending.signal)) {
      names.push(name);
      if (names.length === 2) ending.abort();
    }
    expect(names.sort()).toEqual(['db', 'web']);
  });

  it('end for who looks no longer, though nothing ever happens', async () => {
    const signals: AbortSignal[] = [];
    const followEvents = (_: object, signal: AbortSignal) => {
      signals.push(signal);
      return forever(event('web', 1))(_, signal);
    };
    const { machines } = twoSides({ native: { followEvents }, managed: { followEvents: forever() } });
    for await (const _ of machines.followEvents({}, new AbortController().signal)) break;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('end without a word where the manager breaks off because nobody looks any more', async () => {
    const ending = new AbortController();
    const { machines, warnings } = twoSides({
      native: { followEvents: forever(event('web', 1)) },
      managed: {
        followEvents: async function* (_, signal) {
          yield event('db', 2);
          await rest(2 ** 31 - 1, undefined, { signal });
        },
      },
    });
    for await (const { name } of machines.followEvents({}, ending.signal)) if (name === 'db') ending.abort();
    expect(warnings).toEqual([]);
  });

  it('go on natively where the manager cannot be followed', async () => {
    const { machines, warnings } = twoSides({ broken: true, native: { followEvents: all(event('web', 1)) } });
    expect(await namesOf(machines.followEvents({}, new AbortController().signal))).toEqual(['web']);
    expect(warnings).toHaveLength(1);
  });
});
