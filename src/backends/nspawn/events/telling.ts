/** Signals and other news as events. */
import type { ManagerEvent } from '../../manager/events.ts';
import type { ManagedViews } from '../../manager/views.ts';
import type { BusSignal } from '../bus/calls.ts';
import type { Followed } from '../bus/follow.ts';
import type { NspawnContext } from '../context.ts';
import { createKnownMachines } from './known-machines.ts';
import { createTurns } from './turns.ts';

/** What is told of, from all places. */
export type News = Followed | 'images-changed' | { readonly freezer: string };

/** machined's word for the host itself. */
const HOST = '.host';

export interface Telling {
  eventsOf(news: News): Promise<readonly ManagerEvent[]>;
  close(): void;
}

/** @param ring called when news came from elsewhere than the bus */
export function createTelling(
  context: NspawnContext,
  views: ManagedViews,
  ring: (news: News) => void,
): Telling {
  const machines = createKnownMachines(context, (name) => ring({ freezer: name }));
  const { began, left, unitChanged, freezerChanged } = createTurns(context, views, machines);

  /** What there is, compared with what was known. */
  const compare = async (): Promise<readonly ManagerEvent[]> => {
    const listed = await context.machine1.listMachines();
    const gone = machines.names().filter((name) => !listed.some((machine) => machine.name === name));
    const events = await Promise.all([
      ...gone.map(left),
      ...listed.map(({ name, path }) => (name === HOST ? [] : began(name, path))),
    ]);
    return events.flat();
  };

  const signalled = async ({ member, path, body }: BusSignal): Promise<readonly ManagerEvent[]> => {
    const [name, second, owner] = body;
    if (member === 'PropertiesChanged') return unitChanged(path);
    // machined is there again; it also ends by itself when it has nothing to do.
    if (member === 'NameOwnerChanged') return owner === '' ? [] : compare();
    if (typeof name !== 'string' || name === HOST) return [];
    if (member === 'MachineNew' && typeof second === 'string') return began(name, second);
    return member === 'MachineRemoved' ? left(name) : [];
  };

  return {
    eventsOf: async (news) => {
      if (news === 'images-changed') return [{ type: 'images-changed' }];
      if (news === 'begun') {
        await compare();
        return [{ type: 'following' }];
      }
      if (news === 'reconnected') return [{ type: 'reconnected' }, ...(await compare())];
      return 'freezer' in news ? freezerChanged(news.freezer) : signalled(news);
    },
    close: machines.close,
  };
}
