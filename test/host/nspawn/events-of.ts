/** Events of a manager, heard from when deeds begin. */
import type { TimedManagerEvent } from '../../../src/backends/manager/events.ts';
import type { Manager } from '../../../src/backends/manager/machine-manager.ts';

/** What is told while `deeds` are done, up to the event that `last` fits; images apart. */
export async function eventsOf(
  { events }: Manager,
  deeds: () => Promise<unknown>,
  last: (event: TimedManagerEvent) => boolean,
): Promise<readonly TimedManagerEvent[]> {
  const ending = new AbortController();
  const told: TimedManagerEvent[] = [];
  let doing: Promise<unknown> = Promise.resolve();
  const begin = (): void => {
    doing = deeds();
    // Then nobody waits for what would be told of them.
    doing.catch(() => ending.abort());
  };
  for await (const event of events.follow(ending.signal)) {
    if (event.type === 'following') begin();
    else if (event.type !== 'images-changed') told.push(event);
    if (last(event)) ending.abort();
  }
  await doing;
  return told;
}
