/** The destructive deed that cannot be taken back any more, by the journal: what came before it is not what `undo` is asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import type { MachineEvent } from '../events.ts';

/** The last one after a moment (milliseconds since the epoch). What the journal has lost counts as nothing. */
export function lastIrreversible({ journal, paths }: Domain, after: number): MachineEvent | undefined {
  const events = [...journal.read()].filter(({ time }) => Date.parse(time) > after);
  const broughtBack = new Set(events.filter(isReturn).map(({ details }) => details['entry']));
  return events.findLast(
    (event) =>
      isDestructive(event) && !broughtBack.has(event.details['trash'] ?? '') && !isKept(paths.trash, event),
  );
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

function isKept(trash: string, { details }: MachineEvent): boolean {
  const entry = details['trash'];
  return typeof entry === 'string' && existsSync(join(trash, entry));
}
