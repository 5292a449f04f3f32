/**
 * What happens to a manager's machines: starts and ends as the manager tells them, whoever made them; what our commands did besides, from the
 * journal of all machines. So nothing is told twice.
 */
import type { TimedManagerEvent } from '../../../backends/manager/events.ts';
import { asTheyCome, byTime } from '../../events/event-streams.ts';
import type { MachineEvent, MachineEventType } from '../../events/events.ts';
import { followJournal } from '../../events/journal-follow.ts';
import { guardEach, guardNow } from '../../guards.ts';
import type { Part } from '../../verbs/part.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { KEEPER } from '../tell.ts';

/** Told by the manager, live and from what it keeps. */
const always: ReadonlySet<MachineEventType> = new Set(['started', 'stopped', 'rebooted']);
/** Told by the manager when they happen, and kept nowhere but in our journal. */
const live: ReadonlySet<MachineEventType> = new Set([...always, 'frozen', 'unfrozen']);

interface NameFilter {
  readonly name?: string;
}

export function managedEventVerbs(managed: ManagedDomain): Part<'events' | 'followEvents'> {
  return {
    events: (filter) => guardEach(filter.name, () => past(managed, filter)),
    followEvents: (filter, signal) => {
      const events = guardNow(filter.name, () => follow(managed, filter, signal));
      return guardEach(filter.name, () => events);
    },
  };
}

async function* past(
  { manager, domain }: ManagedDomain,
  filter: NameFilter & { readonly since?: Date },
): AsyncGenerator<MachineEvent> {
  const since = filter.since?.toISOString() ?? '';
  const ours = wanted(
    domain.journal.read(),
    filter,
    (event) => !always.has(event.type) && event.time >= since,
  );
  const theirs = wanted(told((await manager()).events.past(filter)), filter, (event) => event.time >= since);
  yield* byTime(ours, theirs);
}

/** Both from the call on. */
function follow(
  { manager, domain }: ManagedDomain,
  filter: NameFilter,
  signal: AbortSignal,
): AsyncIterable<MachineEvent> {
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const ours = wanted(followJournal(domain.paths.events, both), filter, ({ type }) => !live.has(type));
  const theirs = wanted(told(followManager(manager, both)), filter, () => true);
  return asTheyCome([ours, theirs], () => ending.abort());
}

async function* followManager(manager: ManagedDomain['manager'], signal: AbortSignal) {
  yield* (await manager()).events.follow(signal);
}

async function* wanted(
  events: Iterable<MachineEvent> | AsyncIterable<MachineEvent>,
  { name }: NameFilter,
  also: (event: MachineEvent) => boolean,
): AsyncGenerator<MachineEvent> {
  for await (const event of events) {
    const isTheirs = event.details['backend'] === KEEPER;
    const isAbout = name === undefined || event.name === name || event.details['from'] === name;
    if (isTheirs && isAbout && also(event)) yield event;
  }
}

async function* told(events: AsyncIterable<TimedManagerEvent>): AsyncGenerator<MachineEvent> {
  for await (const event of events) {
    const details = detailsOf(event);
    if (details === undefined || !('name' in event)) continue;
    const time = new Date(event.at).toISOString();
    yield { time, name: event.name, type: event.type, details: { ...details, backend: KEEPER } };
  }
}

/** Undefined for what is no event of a machine. */
function detailsOf(event: TimedManagerEvent): MachineEvent['details'] | undefined {
  switch (event.type) {
    case 'started':
      return event.pid === undefined ? {} : { pid: event.pid };
    case 'stopped':
      return event.exit === undefined ? {} : endDetails(event.exit);
    case 'rebooted':
    case 'frozen':
    case 'unfrozen':
      return {};
    default:
      return undefined;
  }
}

function endDetails({
  reason,
  code,
  signal,
}: NonNullable<Extract<TimedManagerEvent, { type: 'stopped' }>['exit']>) {
  if (reason === 'exited') return { reason, code };
  return reason === 'signaled' ? { reason, signal } : { reason };
}
