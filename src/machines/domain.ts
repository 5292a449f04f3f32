/** What every verb works with. Made once by open-machines.ts. */
import type { Backend } from '../backends/backend.ts';
import type { Template } from '../templates/template.ts';
import type { MachineEvent, MachineEventType } from './events/events.ts';
import type { Journal } from './events/journal.ts';
import type { LockFiles } from './store/lock.ts';
import type { Paths } from './store/paths.ts';
import { isoMoment } from './values/moments.ts';
import type { Later } from './work/later.ts';

export interface Domain {
  readonly backend: Backend;
  readonly paths: Paths;
  readonly templates: readonly Template[];
  readonly journal: Journal;
  readonly lock: LockFiles;
  readonly later: Later;
  /** How long a command waits for another one that works on the same machine, in milliseconds. */
  readonly lockWaitMs: number;
}

/**
 * Writes the journal, and goes on if it cannot: a full disk must not keep a machine from being stopped, and the deed
 * is done already.
 */
export function record(
  domain: Domain,
  name: string,
  type: MachineEventType,
  details: MachineEvent['details'] = {},
): void {
  try {
    domain.journal.append({ time: isoMoment(Date.now()), name, type, details });
  } catch {}
}
