/**
 * What a turn in one machine's life is told as. A reboot is an end and a start in one unit: machined has the machine no more, its unit waits to be
 * started again, and machined has the machine anew. So an end is told when the unit is down, which comes after. What a signal says of the unit is not
 * looked at: on the way to a restart it says inactive for a moment.
 */
import type { ManagerEvent } from '../../manager/events.ts';
import type { ManagedViews } from '../../manager/views.ts';
import type { NspawnContext } from '../context.ts';
import { isUnitDown } from '../systemd1.ts';
import type { Known, KnownMachines } from './known-machines.ts';

type Events = readonly ManagerEvent[];

export interface Turns {
  /** machined has it. @param path of its object */
  began(name: string, path: string): Promise<Events>;
  /** machined has it no more. */
  left(name: string): Promise<Events>;
  /** @param path of the unit's object; it may be nobody's */
  unitChanged(path: string): Promise<Events>;
  freezerChanged(name: string): Events;
}

export function createTurns(
  { systemd1 }: NspawnContext,
  views: ManagedViews,
  machines: KnownMachines,
): Turns {
  const began = async (name: string, path: string): Promise<Events> => {
    const before = machines.get(name);
    const now = await machines.learn(name, path);
    if (
      before?.ending === true ||
      (before !== undefined && now !== undefined && before.leader !== now.leader)
    ) {
      return [{ type: 'rebooted', name }];
    }
    return before === undefined ? [{ type: 'started', name, pid: now?.leader }] : [];
  };
  const ended = async (name: string): Promise<Events> => {
    machines.forget(name);
    // That it ended is known, whether or not anybody can still say how.
    return [{ type: 'stopped', name, exit: await views.lastExit(name).catch(() => undefined) }];
  };
  const endedIfDown = async (name: string, { unit }: Known): Promise<Events> => {
    const [listed] = await systemd1.listUnitsByNames([unit]);
    return isUnitDown(listed) ? ended(name) : [];
  };
  const left = async (name: string): Promise<Events> => {
    const known = machines.get(name);
    if (known === undefined) return [];
    known.ending = true;
    // It may be down by now, and tells so no more.
    return endedIfDown(name, known);
  };
  const unitChanged = async (path: string): Promise<Events> => {
    const name = machines.nameOfUnit(path);
    const known = name === undefined ? undefined : machines.get(name);
    return name !== undefined && known?.ending === true ? endedIfDown(name, known) : [];
  };
  const freezerChanged = (name: string): Events => {
    const known = machines.get(name);
    if (known === undefined || known.ending || known.freezer.isFrozen() === known.frozen) return [];
    known.frozen = !known.frozen;
    return [{ type: known.frozen ? 'frozen' : 'unfrozen', name }];
  };
  return { began, left, unitChanged, freezerChanged };
}
