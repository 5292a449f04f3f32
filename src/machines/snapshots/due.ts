/** snapshot --due: what schedules call for is taken, what has expired goes. Loaded lazily. */
import type { StorageWork } from '../../backends/storage.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import type { DueSnapshot } from '../machines.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine, readNames } from '../store/store.ts';
import { brokenOff } from '../trash/remover.ts';
import { dueOrder, isDueBy, stateWords } from './due-rule.ts';
import { readableSnapshots, removeSurplus } from './surplus.ts';
import { surplusOf } from './surplus-rule.ts';
import { takeSnapshot } from './take.ts';

/** One machine's failure is told and stops no other. Machines with nothing to do are not told of. Broken off, it says what it did before. */
export async function takeDueSnapshots(domain: Domain, work: StorageWork): Promise<readonly DueSnapshot[]> {
  const done: DueSnapshot[] = [];
  for (const name of readNames(domain.paths)) {
    const outcome = await lookAfter(domain, name, work).catch((cause) => {
      throw brokenOff(stateWords(name, done), cause, 'the next `tsmachine snapshot --due` goes on with it');
    });
    if (outcome.taken !== null || outcome.removed.length > 0 || outcome.error !== null) {
      done.push(outcome);
    }
  }
  return done;
}

async function lookAfter(domain: Domain, name: string, work: StorageWork): Promise<DueSnapshot> {
  let taken: string | null = null;
  let removed: readonly string[] = [];
  try {
    work.signal.throwIfAborted();
    if (hasWork(domain, name)) {
      await withMachines(domain, [name], async () => {
        const machine = loadMachine(domain.paths, name);
        taken = await takeIfDue(domain, machine, work);
        const spare = taken === null ? [] : [taken];
        removed = await removeSurplus(domain, name, { keep: undefined, spare }, work);
      });
    }
    return { machine: name, taken, removed, error: null };
  } catch (error) {
    work.signal.throwIfAborted();
    return { machine: name, taken, removed, error: toMachineError(error, name).message };
  }
}

/** Without the lock, so that a timer is in nobody's way. */
function hasWork(domain: Domain, name: string): boolean {
  const machine = loadMachine(domain.paths, name);
  const snapshots = readableSnapshots(domain, name);
  return (
    isDue(domain, machine, Date.now()) ||
    surplusOf(snapshots, { keep: undefined, spare: [] }, Date.now()).length > 0
  );
}

async function takeIfDue(domain: Domain, machine: StoredMachine, work: StorageWork): Promise<string | null> {
  if (!isDue(domain, machine, Date.now())) return null;
  return (await takeSnapshot(domain, machine, dueOrder(machine.config.snapshots), work)).snapshot;
}

function isDue(domain: Domain, { name, config }: StoredMachine, now: number): boolean {
  return isDueBy(config.snapshots, readableSnapshots(domain, name), now);
}
