/** undo: reverses the last destroy, restore, revert or removal of a snapshot. What is reversed was kept in any case. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import type { Undone, UndoResult } from '../../machines.ts';
import { lastIrreversibleOf } from '../../trash/irreversible.ts';
import { type DoneRestore, laterDeed, requireLast, timeOf } from '../../trash/last-deed.ts';
import { type Reversal, reverse, reverseCommand } from '../../trash/reverse.ts';
import { splitKeptState } from '../images/image-names.ts';
import type { TrashedImage } from '../images/trash-names.ts';
import { factsOf } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { keptAmong } from '../snapshots/kept-states.ts';
import { restore } from '../snapshots/restore.ts';
import { KEEPER, tell } from '../tell.ts';
import { restoreFromTrash } from './bring-back.ts';
import { entriesAmong } from './purge.ts';
import { restorePaths } from './restore-paths.ts';

/** A restore or revert that is reversed keeps what was before that too: undone again it is done again. */
export async function undo(managed: ManagedDomain, work: StorageWork): Promise<Undone> {
  const manager = await managed.manager();
  const entries = entriesAmong(await manager.images.names());
  const deed = laterDeed(entries[0], await lastRestore(manager));
  const last = lastIrreversibleOf(managed.domain.journal, timeOf(deed), {
    backend: KEEPER,
    isKept: (entry) => entries.some((one) => one.entry === entry),
  });
  requireLast(deed, last);
  return await reverse(deed, entries, reversalOf(managed, manager, work));
}

/** Of a command that removed things here and elsewhere: what is here. */
export async function undoCommand(
  managed: ManagedDomain,
  id: string,
  work: StorageWork,
): Promise<readonly UndoResult[]> {
  const manager = await managed.manager();
  const entries = entriesAmong(await manager.images.names());
  return await reverseCommand(id, entries, reversalOf(managed, manager, work));
}

function reversalOf(managed: ManagedDomain, manager: Manager, work: StorageWork): Reversal<TrashedImage> {
  return {
    restore: (machine, snapshot) => restore(managed, machine, snapshot, work),
    restorePaths: (entry) => restorePaths(managed, entry, work),
    bringBack: (entry) => restoreFromTrash(managed, entry, undefined, work),
    removedBy: async ({ image }) => (await factsOf(manager, image)).removedBy,
    tell: ({ machine, deed }) => tell(managed, machine, 'undone', { deed }),
  };
}

async function lastRestore(manager: Manager): Promise<DoneRestore | undefined> {
  const names = new Set(await manager.images.names());
  const images = await manager.images.those((name) => splitKeptState(name).snapshot !== undefined);
  const machines = new Set([...names].map((name) => splitKeptState(name).machine));
  const owners = [...machines].filter((machine) => names.has(machine));
  const restores = await Promise.all(
    owners.map(async (machine) =>
      (await keptAmong(manager, machine, images))
        .filter(({ facts }) => facts.automatic === true)
        .map(({ name, createdAt }) => ({ machine, before: name, at: Date.parse(createdAt) })),
    ),
  );
  return restores.flat().sort((one, other) => other.at - one.at)[0];
}
