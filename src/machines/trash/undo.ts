/** undo: reverses the last destroy, restore, revert or removal of a snapshot. What is reversed was kept in any case. Loaded lazily. */
import type { StorageWork } from '../../backends/storage.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import type { MachineEvent } from '../events.ts';
import { sweepAbandoned } from '../lifecycle/with-machines.ts';
import type { UndoneDeed } from '../machines.ts';
import { restore } from '../snapshots/restore.ts';
import { readSnapshotIn, readSnapshotNames } from '../snapshots/snapshot-file.ts';
import { readNames } from '../store/store.ts';
import { restoreFromTrash } from './bring-back.ts';
import { readTrash, type TrashEntry } from './entries.ts';
import { lastIrreversible } from './irreversible.ts';
import { restorePaths } from './restore-paths.ts';

/** A restore, by what it left. */
interface DoneRestore {
  readonly machine: string;
  readonly before: string;
  readonly at: number;
}

/** A restore or revert that is reversed keeps what was before that too: undone again it is done again. */
export async function undo(domain: Domain, work: StorageWork): Promise<UndoneDeed> {
  // What a dead command had begun to remove or to bring back must not be passed over for something older.
  await sweepAbandoned(domain);
  const deed = lastDeed(domain);
  requireLast(domain, deed);
  const undone =
    'before' in deed ? await undoRestore(domain, deed, work) : await undoRemoval(domain, deed, work);
  record(domain, undone.machine, 'undone', { deed: undone.deed });
  return undone;
}

function lastDeed(domain: Domain): DoneRestore | TrashEntry {
  const [removed] = readTrash(domain.paths.trash);
  const restored = lastRestore(domain);
  if (restored !== undefined && restored.at >= (removed?.removedAt ?? 0)) return restored;
  if (removed !== undefined) return removed;
  throw new MachineError('wrong-state', 'there is nothing to undo', {
    hint: 'destroy, restore, revert and snapshot-remove can be undone, for a week and within the bounds of the trash',
  });
}

/** Who has just removed something for good, and is sorry, must not get back something older instead. */
function requireLast(domain: Domain, deed: DoneRestore | TrashEntry): void {
  const last = lastIrreversible(domain, 'before' in deed ? deed.at : deed.removedAt);
  if (last === undefined) return;
  const older = 'before' in deed ? `restore ${deed.machine} ${deed.before}` : `trash restore ${deed.entry}`;
  throw new MachineError('wrong-state', `the last destructive command cannot be undone: ${lossOf(last)}`, {
    subject: last.name,
    hint: `what was done before that can be reversed by its name: tsmachine ${older}`,
  });
}

function lossOf({ type, name, details }: MachineEvent): string {
  if (type === 'reverted') return `${details['path']} of ${name} was put back, and what it was is gone`;
  const snapshot = details['snapshot'];
  const gone = snapshot === undefined ? `${name} was destroyed` : `${name}@${snapshot} was removed`;
  return `${gone}, and is gone for good`;
}

async function undoRestore(
  domain: Domain,
  { machine, before }: DoneRestore,
  work: StorageWork,
): Promise<UndoneDeed> {
  await restore(domain, machine, before, work);
  return { deed: 'restore', machine, snapshot: before };
}

async function undoRemoval(domain: Domain, removed: TrashEntry, work: StorageWork): Promise<UndoneDeed> {
  if (removed.kind === 'paths') {
    return { deed: 'revert', snapshot: null, ...(await restorePaths(domain, removed, work)) };
  }
  const machine = await restoreFromTrash(domain, removed.entry, undefined, work);
  const deed = removed.kind === 'machine' ? 'destroy' : 'snapshot-remove';
  return { deed, machine, snapshot: removed.snapshot ?? null };
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
