/** The destructive deed that cannot be taken back any more, by the journal: what came before it is not what `undo` is asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendName } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import type { MachineEvent } from '../events/events.ts';
import { readIntents } from '../store/intents.ts';

/**
 * The last one after a moment (milliseconds since the epoch). What the journal has lost counts as nothing.
 * @throws MachineError `busy` if another command takes it back at this moment
 */
export function lastIrreversible(domain: Domain, after: number): MachineEvent | undefined {
  const seen = lookFor(domain, after);
  const entry = seen?.details['trash'];
  if (seen === undefined || entry === undefined) return seen;
  const isComingBack = readIntents(domain.paths).some(
    (intent) => intent.operation === 'trash-restore' && intent.entry === entry,
  );
  if (isComingBack) {
    throw new MachineError('busy', `another command brings ${seen.name} back`, {
      subject: seen.name,
      hint: 'wait a moment',
    });
  }
  // It may have come back between the two looks, and the journal tells it now.
  return lookFor(domain, after);
}

function lookFor({ journal, paths }: Domain, after: number): MachineEvent | undefined {
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
