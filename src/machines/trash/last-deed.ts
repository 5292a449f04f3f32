/** What `undo` is asked for: the last of what can be reversed, if nothing that cannot came after it. Pure. */
import { MachineError } from '../errors.ts';
import type { MachineEvent } from '../events/events.ts';
import type { TrashEntry } from './entries.ts';

/** A restore, by what it left. */
export interface DoneRestore {
  readonly machine: string;
  readonly before: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Throws `wrong-state` if there is none. */
export function laterDeed<E extends TrashEntry>(
  removed: E | undefined,
  restored: DoneRestore | undefined,
): DoneRestore | E {
  if (restored !== undefined && restored.at >= (removed?.removedAt ?? 0)) return restored;
  if (removed !== undefined) return removed;
  throw new MachineError('wrong-state', 'there is nothing to undo', {
    hint: 'destroy, restore, revert and snapshot-remove can be undone, for a week and within the bounds of the trash',
  });
}

export function timeOf(deed: DoneRestore | TrashEntry): number {
  return 'before' in deed ? deed.at : deed.removedAt;
}

/**
 * Who has just removed something for good, and is sorry, must not get back something older instead. `last`: what cannot be reversed.
 * @throws MachineError `wrong-state`
 */
export function requireLast(deed: DoneRestore | TrashEntry, last: MachineEvent | undefined): void {
  if (last === undefined) return;
  const older = 'before' in deed ? `restore ${deed.machine} ${deed.before}` : `trash restore ${deed.entry}`;
  throw new MachineError('wrong-state', `the last destructive command cannot be undone: ${lossOf(last)}`, {
    subject: last.name,
    hint: `what was done before that can be reversed by its name: tsmachine ${older}`,
  });
}

function lossOf({ type, name, details }: MachineEvent): string {
  if (type === 'reverted') return `${details['path']} of ${name} was put back, and what it was is gone`;
  const snapshot = details['snapshot'];
  const gone = snapshot === undefined ? `${name} was destroyed` : `${name}@${snapshot} was removed`;
  return `${gone}, and is gone for good`;
}
