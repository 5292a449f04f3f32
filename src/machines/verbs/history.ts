/** What happened to machines. */
import type { Domain } from '../domain.ts';
import type { MachineEvent } from '../events/events.ts';
import { followJournal } from '../events/journal-follow.ts';
import { guardEach, guardNow } from '../guards.ts';
import type { Part } from './part.ts';

export function historyVerbs(domain: Domain): Part<'events' | 'followEvents'> {
  return {
    events: (filter) =>
      guardEach(filter.name, async function* () {
        const since = filter.since?.getTime() ?? Number.NEGATIVE_INFINITY;
        for (const event of domain.journal.read()) {
          if (isAbout(event, filter.name) && Date.parse(event.time) >= since) {
            yield event;
          }
        }
      }),
    followEvents: (filter, signal) => {
      const all = guardNow(filter.name, () => followJournal(domain.paths.events, signal));
      return guardEach(filter.name, async function* () {
        for await (const event of all) {
          if (isAbout(event, filter.name)) {
            yield event;
          }
        }
      });
    },
  };
}

function isAbout(event: MachineEvent, name: string | undefined): boolean {
  return name === undefined || event.name === name || event.details['from'] === name;
}
