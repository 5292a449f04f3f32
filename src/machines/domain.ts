/** What every verb works with. Made once by open-machines.ts. */
import type { Backend } from '../backends/backend.ts';
import type { Template } from '../templates/template.ts';
import type { MachineEvent, MachineEventType } from './events/events.ts';
import type { Journal } from './events/journal.ts';
import type { Intent } from './store/intents.ts';
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
  /** The verbs' own deeds, which stand above whoever takes a lock: so they are handed in where the verbs are wired. */
  readonly leavings: Leavings;
  /** How long a command waits for another one that works on the same machine, in milliseconds. */
  readonly lockWaitMs: number;
}

/** What becomes of what a command that died left. */
export interface Leavings {
  /**
   * Undoes or completes what it had begun; undefined where nothing was to be done. May be repeated: recovery itself may die at any
   * point. The caller holds the locks of all names of the intent.
   */
  readonly settle: (domain: Domain, intent: Intent) => Promise<Outcome | undefined>;
  /** Removes an ephemeral machine that nobody looks after. The caller holds its lock. */
  readonly sweep: (domain: Domain, name: string) => Promise<void>;
}

export type Outcome = 'undone' | 'completed';

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
