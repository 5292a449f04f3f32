/** Which machine a removed snapshot belongs to. */
import { join } from 'node:path';
import { readSnapshotIn, type SnapshotRecord } from '../snapshots/snapshot-file.ts';
import type { StoredMachine } from '../spec.ts';
import type { Paths } from '../store/paths.ts';
import { readTrash, type TrashEntry } from './entries.ts';

/** By machine-id and id range: it may have been renamed since, another may have its name, and a clone its machine-id. */
export function isOwner({ config }: StoredMachine, snapshot: SnapshotRecord): boolean {
  return (
    config.machineId === snapshot.config.machineId && config.idRange.base === snapshot.config.idRange.base
  );
}

/** Entries of the trash that only this machine could take back. */
export function snapshotEntriesOf({ trash }: Paths, machine: StoredMachine): readonly string[] {
  return readTrash(trash)
    .filter((found) => found.kind === 'snapshot' && isOf(trash, found, machine))
    .map(({ entry }) => entry);
}

function isOf(trash: string, { entry, snapshot = '' }: TrashEntry, machine: StoredMachine): boolean {
  try {
    return isOwner(machine, readSnapshotIn(join(trash, entry), snapshot));
  } catch {
    return false;
  }
}
