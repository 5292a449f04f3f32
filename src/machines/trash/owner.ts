/** Which machine a removed snapshot, or what paths were before a revert, belongs to. */
import { join } from 'node:path';
import type { MachineConfig } from '../config/config-schema.ts';
import type { StoredMachine } from '../config/spec.ts';
import { MachineError } from '../errors.ts';
import { readSnapshotIn, type SnapshotRecord } from '../snapshots/snapshot-file.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine, readNames } from '../store/store.ts';
import { readTrash, type TrashEntry } from './entries.ts';
import { readKeptPaths } from './kept-paths.ts';

/** Who had the files of something that lies in the trash. */
export type Owner = Pick<MachineConfig, 'machineId'> & { readonly idBase: number };

export function ownerOfSnapshot({ config }: SnapshotRecord): Owner {
  return { machineId: config.machineId, idBase: config.idRange.base };
}

/** By machine-id and id range: it may have been renamed since, another may have its name, and a clone its machine-id. */
export function isOwner({ config }: StoredMachine, { machineId, idBase }: Owner): boolean {
  return config.machineId === machineId && config.idRange.base === idBase;
}

/** Entries of the trash that only this machine could take back. */
export function entriesOf({ trash }: Paths, machine: StoredMachine): readonly string[] {
  return readTrash(trash)
    .filter((found) => found.kind !== 'machine' && isOf(trash, found, machine))
    .map(({ entry }) => entry);
}

function isOf(trash: string, { entry, kind, snapshot = '' }: TrashEntry, machine: StoredMachine): boolean {
  try {
    const folder = join(trash, entry);
    if (kind === 'paths') return isOwner(machine, readKeptPaths(folder, entry));
    return isOwner(machine, ownerOfSnapshot(readSnapshotIn(folder, snapshot)));
  } catch {
    return false;
  }
}

/** @param what is of the machine, for the error `no-such-machine` */
export function findOwner(
  paths: Paths,
  { entry, machine }: Pick<TrashEntry, 'entry' | 'machine'>,
  wanted: Owner,
  what: string,
): string {
  const owner = [machine, ...readNames(paths)].find((name) => isOwnerCalled(paths, name, wanted));
  if (owner !== undefined) return owner;
  throw noOwner(entry, machine, what);
}

export function noOwner(entry: string, machine: string, what: string): MachineError {
  return new MachineError('no-such-machine', `the machine of ${what}, "${machine}", is not there`, {
    subject: entry,
    hint: 'if it is in the trash too, bring the machine back first',
  });
}

function isOwnerCalled(paths: Paths, name: string, wanted: Owner): boolean {
  try {
    return isOwner(loadMachine(paths, name), wanted);
  } catch {
    return false;
  }
}
