/** snapshot --due: what schedules call for is taken, what has expired goes. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { toMachineError } from '../../error-conversion.ts';
import type { DueSnapshot } from '../../machines.ts';
import { dueOrder, isDueBy, stateWords } from '../../snapshots/due-rule.ts';
import { surplusOf } from '../../snapshots/surplus-rule.ts';
import { brokenOff } from '../../trash/remover.ts';
import { configOf } from '../config/managed-config.ts';
import { requireImageMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { judged, keptStates } from './kept-states.ts';
import { removeSurplus } from './surplus.ts';
import { takeSnapshot } from './take.ts';

/** One machine's failure is told and stops no other. Machines with nothing to do are not told of. Broken off, it says what it did before. */
export async function takeDueSnapshots(
  managed: ManagedDomain,
  work: StorageWork,
): Promise<readonly DueSnapshot[]> {
  const done: DueSnapshot[] = [];
  for (const machine of await (await managed.manager()).views.all()) {
    if (machine.image === null) continue;
    const outcome = await lookAfter(managed, machine, work).catch((cause) => {
      const words = stateWords(machine.name, done);
      throw brokenOff(words, cause, 'the next `tsmachine snapshot --due` goes on with it');
    });
    if (outcome.taken !== null || outcome.removed.length > 0 || outcome.error !== null) done.push(outcome);
  }
  return done;
}

async function lookAfter(
  managed: ManagedDomain,
  machine: ManagedMachine,
  work: StorageWork,
): Promise<DueSnapshot> {
  const { name } = machine;
  let taken: string | null = null;
  let removed: readonly string[] = [];
  try {
    work.signal.throwIfAborted();
    // Without the lock, so that a timer is in nobody's way.
    if (await hasWork(await managed.manager(), machine)) {
      await withManaged(managed, [name], async (manager) => {
        taken = await takeIfDue(managed, manager, name, work);
        const spare = taken === null ? [] : [taken];
        removed = await removeSurplus(managed, manager, name, { keep: undefined, spare }, work);
      });
    }
    return { machine: name, taken, removed, error: null };
  } catch (error) {
    work.signal.throwIfAborted();
    return { machine: name, taken, removed, error: toMachineError(error, name).message };
  }
}

async function hasWork(manager: Manager, machine: ManagedMachine): Promise<boolean> {
  const states = (await keptStates(manager, machine.name)).map(judged);
  const rules = await rulesOf(manager, machine);
  const now = Date.now();
  return isDueBy(rules, states, now) || surplusOf(states, { keep: undefined, spare: [] }, now).length > 0;
}

async function takeIfDue(
  managed: ManagedDomain,
  manager: Manager,
  name: string,
  work: StorageWork,
): Promise<string | null> {
  const machine = await requireImageMachine(manager, name);
  const rules = await rulesOf(manager, machine);
  const states = (await keptStates(manager, name)).map(judged);
  if (!isDueBy(rules, states, Date.now())) return null;
  return (await takeSnapshot(managed, manager, machine, dueOrder(rules), work)).snapshot;
}

async function rulesOf({ name: backend, settings }: Manager, machine: ManagedMachine) {
  const text = await settings.read(machine.name);
  return configOf(backend, settings, { machine, text, limits: {}, enabled: false }).snapshots;
}
