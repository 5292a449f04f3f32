/** The destructive deed that cannot be taken back any more, by the journal: what came before it is not what `undo` is asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendName } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import type { MachineEvent } from '../events/events.ts';

/** The last one after a moment (milliseconds since the epoch). What the journal has lost counts as nothing. */
export function lastIrreversible({ journal, paths }: Domain, after: number): MachineEvent | undefined {
  return lastIrreversibleOf(journal, after, {
    backend: undefined,
    isKept: (entry) => existsSync(join(paths.trash, entry)),
  });
}

export interface WhoseDeeds {
  /** As `details` of events name who keeps a machine; undefined: native. */
  readonly backend: BackendName | undefined;
  /** Whether an entry is in the trash. */
  isKept(entry: string): boolean;
}

export function lastIrreversibleOf(
  journal: Domain['journal'],
  after: number,
  { backend, isKept }: WhoseDeeds,
): MachineEvent | undefined {
  const events = [...journal.read()].filter(
    ({ time, details }) => Date.parse(time) > after && details['backend'] === backend,
  );
  const broughtBack = new Set(events.filter(isReturn).map(({ details }) => details['entry']));
  return events.findLast((event) => {
    const entry = event.details['trash'];
    return (
      isDestructive(event) && !broughtBack.has(entry ?? '') && !(typeof entry === 'string' && isKept(entry))
    );
  });
}

/** Of a command, or of the recovery of one that died. */
function isReturn({ type, details: { operation, outcome } }: MachineEvent): boolean {
  const recovered = type === 'recovered' && operation === 'trash-restore' && outcome === 'completed';
  return recovered || type === 'brought-back';
}

/** What a rule removed is nobody's deed. */
function isDestructive({ type, details }: MachineEvent): boolean {
  return (
    type === 'destroyed' || type === 'reverted' || (type === 'snapshot-removed' && details['byRule'] !== true)
  );
}
