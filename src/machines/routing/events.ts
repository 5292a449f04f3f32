/** What happened, of both, by time. */
import { asTheyCome, byTime } from '../events/event-streams.ts';
import type { MachineEvent } from '../events/events.ts';
import type { Machines } from '../machines.ts';
import type { Part } from '../verbs/part.ts';
import { askManaged, type Sides } from './sides.ts';

export function eventVerbs(sides: Sides): Part<'events' | 'followEvents'> {
  const { native, isNative } = sides;
  const isAlone = (name: string | undefined): boolean => name !== undefined && isNative(name);
  return {
    events: (filter) => {
      const own = native.events(filter);
      if (isAlone(filter.name)) return own;
      return byTime(
        nativeAlone(own),
        theirs(sides, (machines) => machines.events(filter)),
      );
    },
    followEvents: (filter, signal) => {
      const ending = new AbortController();
      const both = AbortSignal.any([signal, ending.signal]);
      // At once: what is written after this call is not missed.
      const own = native.followEvents(filter, both);
      if (isAlone(filter.name)) return own;
      const other = theirs(sides, (machines) => machines.followEvents(filter, both), both);
      return asTheyCome([nativeAlone(own), other], () => ending.abort());
    },
  };
}

/** What our commands did to the manager's machines stands in the same journal, and is told by its side. */
async function* nativeAlone(events: AsyncIterable<MachineEvent>): AsyncGenerator<MachineEvent> {
  for await (const event of events) if (event.details['backend'] === undefined) yield event;
}

/** Ends where the manager cannot be asked (any more), which is said. */
async function* theirs(
  sides: Sides,
  ask: (machines: Machines) => AsyncIterable<MachineEvent>,
  signal?: AbortSignal,
): AsyncGenerator<MachineEvent> {
  const events = await askManaged(
    sides,
    async ({ machines }) => ask(machines)[Symbol.asyncIterator](),
    undefined,
  );
  if (events === undefined) return;
  // Whoever looks no longer breaks off what is waited for: that is no failure.
  const step = () =>
    events.next().catch((error: unknown) => {
      if (signal?.aborted !== true) throw error;
      return undefined;
    });
  try {
    for (;;) {
      const next = await askManaged(sides, step, undefined);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    await events.return?.();
  }
}
