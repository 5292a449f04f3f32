/** undo: reverses the last destroy, restore, revert or removal of a snapshot. What is reversed was kept in any case. Loaded lazily. */
import { join } from 'node:path';
import type { StorageWork } from '../../backends/storage.ts';
import { type Domain, record } from '../domain.ts';
import type { Undone, UndoResult } from '../machines.ts';
import { sweepAbandoned } from '../recovery/with-machines.ts';
import { restore } from '../snapshots/restore.ts';
import { readSnapshotIn, readSnapshotNames } from '../snapshots/snapshot-file.ts';
import { readNames } from '../store/store.ts';
import { restoreFromTrash } from './bring-back.ts';
import { readTrash, type TrashEntry } from './entries.ts';
import { lastIrreversible } from './irreversible.ts';
import { type DoneRestore, laterDeed, requireLast, timeOf } from './last-deed.ts';
import { removedBy } from './removed-by.ts';
import { restorePaths } from './restore-paths.ts';
import { type Reversal, reverse, reverseCommand } from './reverse.ts';

/** A restore or revert that is reversed keeps what was before that too: undone again it is done again. */
export async function undo(domain: Domain, work: StorageWork): Promise<Undone> {
  // What a dead command had begun to remove or to bring back must not be passed over for something older.
  await sweepAbandoned(domain);
  const entries = readTrash(domain.paths.trash);
  const deed = laterDeed(entries[0], lastRestore(domain));
  requireLast(deed, lastIrreversible(domain, timeOf(deed)));
  return reverse(deed, entries, reversalOf(domain, work));
}

/** Of a command that removed things here and elsewhere: what is here. */
export async function undoCommand(
  domain: Domain,
  id: string,
  work: StorageWork,
): Promise<readonly UndoResult[]> {
  await sweepAbandoned(domain);
  return reverseCommand(id, readTrash(domain.paths.trash), reversalOf(domain, work));
}

function reversalOf(domain: Domain, work: StorageWork): Reversal<TrashEntry> {
  return {
    restore: (machine, snapshot) => restore(domain, machine, snapshot, work),
    restorePaths: (entry) => restorePaths(domain, entry, work),
    bringBack: (entry) => restoreFromTrash(domain, entry, undefined, work),
    removedBy: async ({ entry }) => removedBy(join(domain.paths.trash, entry)),
    tell: ({ machine, deed }) => record(domain, machine, 'undone', { deed }),
  };
}

function lastRestore({ paths }: Domain): DoneRestore | undefined {
  const restores = readNames(paths).flatMap((machine) =>
    readSnapshotNames(paths, machine).flatMap((name) => {
      const at = timeOfAutomatic(paths.snapshot(machine, name), name);
      return at === undefined ? [] : [{ machine, before: name, at }];
    }),
  );
  return restores.sort((a, b) => b.at - a.at)[0];
}

function timeOfAutomatic(directory: string, name: string): number | undefined {
  try {
    const { automatic, createdAt } = readSnapshotIn(directory, name);
    return automatic ? Date.parse(createdAt) : undefined;
  } catch {
    return undefined;
  }
}
