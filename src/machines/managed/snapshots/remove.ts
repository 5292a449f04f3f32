/** snapshot-remove: into the trash, and what went on from it goes on from what was before it. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import type { Removal } from '../../machines.ts';
import { noSuchSnapshot } from '../../names/snapshot-names.ts';
import { newCommandId } from '../../trash/removed-by.ts';
import { brokenOff } from '../../trash/remover.ts';
import { requireImageMachine } from '../images/require-machine.ts';
import { parseTrashed, trashedSnapshot } from '../images/trash-names.ts';
import { writeFacts } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { tell } from '../tell.ts';
import { purgeSurplus } from '../trash/purge.ts';
import { type KeptState, keptStates } from './kept-states.ts';
import { handOn } from './offspring.ts';

/** All of them or, if one does not exist, none. */
export async function removeSnapshots(
  managed: ManagedDomain,
  machine: string,
  snapshots: readonly string[],
  now: boolean,
  work: StorageWork,
): Promise<Removal> {
  return await withManaged(managed, [machine], async (manager) => {
    if (work.signal.aborted) throw brokenOff('nothing is removed', work.signal.reason);
    await requireImageMachine(manager, machine);
    const states = await keptStates(manager, machine);
    const wanted = [...new Set(snapshots)].map((snapshot) => requireOf(states, machine, snapshot));
    if (now) return await removeForGood(managed, manager, machine, wanted, work);
    await moveAllToTrash(managed, manager, machine, wanted);
    return { purged: await purgeSurplus(managed, manager, work) };
  });
}

function requireOf(states: readonly KeptState[], machine: string, snapshot: string): KeptState {
  const found = states.find(({ name }) => name === snapshot);
  if (found !== undefined) return found;
  throw noSuchSnapshot(
    machine,
    snapshot,
    states.map(({ name }) => name),
  );
}

async function moveAllToTrash(
  managed: ManagedDomain,
  manager: Manager,
  machine: string,
  states: readonly KeptState[],
): Promise<void> {
  const command = states.length > 1 ? newCommandId() : undefined;
  let last = 0;
  for (const state of states) {
    last = Math.max(Date.now(), last + 1);
    await moveToTrash(managed, manager, machine, state, { now: last, command });
  }
}

/** `now`: another one for each, by which they come back in turn. */
async function moveToTrash(
  managed: ManagedDomain,
  manager: Manager,
  machine: string,
  state: KeptState,
  { now, command }: { readonly now: number; readonly command: string | undefined },
): Promise<void> {
  const target = trashedSnapshot(machine, state.name, now);
  await handOn(manager, machine, state.name);
  await writeFacts(manager, state.image.name, { removedBy: command });
  await manager.images.rename(state.image.name, target);
  const trash = parseTrashed(target)?.entry ?? target;
  tell(managed, machine, 'snapshot-removed', { snapshot: state.name, trash });
}

/** Of several that stay whose turn has not come when it is broken off. */
async function removeForGood(
  managed: ManagedDomain,
  manager: Manager,
  machine: string,
  states: readonly KeptState[],
  work: StorageWork,
): Promise<Removal> {
  for (const [index, state] of states.entries()) {
    try {
      await discardForGood(managed, manager, machine, state, 'for-good', work);
    } catch (error) {
      if (!work.signal.aborted) throw error;
      const gone = states.slice(0, index).map(({ name }) => name);
      throw brokenOff(wordsOf(gone, state.name), error, `the next command on ${machine} goes on with it`);
    }
  }
  return { purged: [] };
}

function wordsOf(gone: readonly string[], begun: string): string {
  const before = gone.length === 0 ? '' : `${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} gone; `;
  return `${before}${begun} may be gone in part`;
}

/** The caller holds the machine's lock. */
export async function discardForGood(
  managed: ManagedDomain,
  manager: Manager,
  machine: string,
  state: KeptState,
  fate: 'for-good' | 'by-rule',
  work: StorageWork,
): Promise<void> {
  work.signal.throwIfAborted();
  await handOn(manager, machine, state.name);
  await manager.images.remove(state.image.name, work);
  const details = fate === 'by-rule' ? { byRule: true } : {};
  tell(managed, machine, 'snapshot-removed', { snapshot: state.name, ...details });
}
