/** Wires the domain: the verbs (verbs/) behind the face of machines.ts. No file is touched before a verb is called. */

import type { Backend } from '../backends/backend.ts';
import type { Template } from '../templates/template.ts';
import type { Domain } from './domain.ts';
import { openJournal } from './events/journal.ts';
import type { Machines } from './machines.ts';
import type { LockFiles } from './store/lock.ts';
import { pathsOf } from './store/paths.ts';
import { accessVerbs } from './verbs/access.ts';
import { fileVerbs } from './verbs/files.ts';
import { historyVerbs } from './verbs/history.ts';
import { imageVerbs } from './verbs/images.ts';
import { keptFilesVerbs } from './verbs/kept-files.ts';
import { leavings } from './verbs/leavings.ts';
import { lifeVerbs } from './verbs/life.ts';
import { lookingVerbs } from './verbs/looking.ts';
import { snapshotVerbs } from './verbs/snapshots.ts';
import { trashVerbs } from './verbs/trash.ts';
import type { Later } from './work/later.ts';

export interface MachinesOptions {
  readonly backend: Backend;
  readonly root: string;
  readonly runRoot: string;
  readonly templates: readonly Template[];
  /** Takes flocks: Node cannot. */
  readonly lock: LockFiles;
  /** Runs the program again, later. */
  readonly later: Later;
  /** How long a command waits for another one on the same machine; 5 s if not given. */
  readonly lockWaitMs?: number;
}

export function openMachines(options: MachinesOptions): Machines {
  return openDomain(makeDomain(options));
}

/** What is shared by all that is opened over the same folders (managed/, routing/). */
export function makeDomain(options: MachinesOptions): Domain {
  const paths = pathsOf(options.root, options.runRoot);
  return {
    backend: options.backend,
    paths,
    templates: options.templates,
    journal: openJournal(paths.events),
    lock: options.lock,
    later: options.later,
    leavings,
    lockWaitMs: options.lockWaitMs ?? 5000,
  };
}

/** Native machines. */
export function openDomain(domain: Domain): Machines {
  return {
    ...lifeVerbs(domain),
    ...accessVerbs(domain),
    ...lookingVerbs(domain),
    ...historyVerbs(domain),
    ...snapshotVerbs(domain),
    ...keptFilesVerbs(domain),
    ...trashVerbs(domain),
    ...imageVerbs(domain),
    ...fileVerbs(domain),
  };
}
