/** undo: reverses the last destroy, restore, revert or removal of a snapshot. What is reversed was kept in any case. Loaded lazily. */
import type { StorageWork } from '../../backends/storage.ts';
import { type Domain, record } from '../domain.ts';
import type { UndoneDeed } from '../machines.ts';
import { sweepAbandoned } from '../recovery/with-machines.ts';
import { restore } from '../snapshots/restore.ts';
import { readSnapshotIn, readSnapshotNames } from '../snapshots/snapshot-file.ts';
import { readNames } from '../store/store.ts';
import { restoreFromTrash } from './bring-back.ts';
import { readTrash } from './entries.ts';
import { lastIrreversible } from './irreversible.ts';
import { type DoneRestore, laterDeed, requireLast, timeOf } from './last-deed.ts';
import { restorePaths } from './restore-paths.ts';
import { reverse } from './reverse.ts';

/** A restore or revert that is reversed keeps what was before that too: undone again it is done again. */
export async function undo(domain: Domain, work: StorageWork): Promise<UndoneDeed> {
  // What a dead command had begun to remove or to bring back must not be passed over for something older.
  await sweepAbandoned(domain);
  const deed = laterDeed(readTrash(domain.paths.trash)[0], lastRestore(domain));
  requireLast(deed, lastIrreversible(domain, timeOf(deed)));
  const undone = await reverse(deed, {
    restore: (machine, snapshot) => restore(domain, machine, snapshot, work),
    restorePaths: (entry) => restorePaths(domain, entry, work),
    bringBack: (entry) => restoreFromTrash(domain, entry, undefined, work),
  });
  record(domain, undone.machine, 'undone', { deed: undone.deed });
  return undone;
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
