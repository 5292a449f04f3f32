/** trash restore: a machine comes back under its name or another, a snapshot into its machine, paths as they were before a revert. Loaded lazily. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StorageWork } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { type Domain, record } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { checkMachineName } from '../names/machine-names.ts';
import { checkSnapshotName } from '../names/snapshot-names.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { handBack } from '../snapshots/handing-on.ts';
import {
  missingFiles,
  readSnapshotIn,
  type SnapshotRecord,
  saveSnapshot,
} from '../snapshots/snapshot-file.ts';
import { step } from '../store/crash-points.ts';
import type { BringBackIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { renameRanges } from '../store/ranges.ts';
import { loadMachine, machineExists } from '../store/store.ts';
import { SIZE_FILE } from './bounds.ts';
import { hasNoName, noSuchEntry } from './chosen.ts';
import { parseEntry, type TrashEntry } from './entries.ts';
import { findOwner, ownerOfSnapshot } from './owner.ts';
import { forgetRemovedBy } from './removed-by.ts';
import { restorePaths } from './restore-paths.ts';

/** Returns the name of the machine that it belongs to now. Only paths are copied; all else is a rename. */
export async function restoreFromTrash(
  domain: Domain,
  entry: string,
  as: string | undefined,
  work: StorageWork,
): Promise<string> {
  const found = findEntry(domain.paths, entry);
  if (found.kind === 'paths') {
    if (as !== undefined) throw hasNoName(entry);
    return (await restorePaths(domain, found, work)).machine;
  }
  const machine = found.kind === 'machine' ? (as ?? found.machine) : ownerOf(domain.paths, found);
  const snapshot = found.kind === 'machine' ? undefined : (as ?? found.snapshot);
  checkMachineName(machine);
  if (snapshot !== undefined) checkSnapshotName(snapshot);
  await withMachines(domain, [machine], async () => {
    // Another command may have taken it while this one waited.
    findEntry(domain.paths, entry);
    requireRoom(domain.paths, found, machine, snapshot);
    await bringBack(domain, { operation: 'trash-restore', name: machine, entry, snapshot });
  });
  return machine;
}

async function bringBack(domain: Domain, intent: BringBackIntent): Promise<void> {
  const { name, entry, snapshot } = intent;
  await underIntent(domain, intent, async () => {
    if ((await completeBringBack(domain, intent)) === 'undone') throw noSuchEntry(entry);
    step('trash-restore', 5);
    record(domain, name, 'brought-back', { entry, ...(snapshot === undefined ? {} : { snapshot }) });
    step('trash-restore', 6);
  });
  step('trash-restore', 7);
}

/** May be repeated. Undone: somebody else took or purged it first. */
export async function completeBringBack(
  domain: Domain,
  { name, entry, snapshot }: BringBackIntent,
): Promise<'completed' | 'undone'> {
  const { paths } = domain;
  const found = parseEntry(entry);
  if (found === undefined) return 'undone';
  step('trash-restore', 2);
  const place = snapshot === undefined ? paths.machine(name) : paths.snapshot(name, snapshot);
  await withLayersLock(domain, async () => move(paths, entry, place));
  if (!existsSync(place)) return 'undone';
  removeFile(join(place, SIZE_FILE));
  forgetRemovedBy(place);
  step('trash-restore', 3);
  if (snapshot === undefined) {
    await renameRanges(domain, entry, name);
    step('trash-restore', 4);
    if (name !== found.machine) await renameIdentity(domain, name);
  } else {
    renameRecord(place, snapshot);
    handBack(paths, name, snapshot, found.removedAt);
  }
  return 'completed';
}

function renameRecord(place: string, snapshot: string): void {
  const stored = readSnapshotIn(place, snapshot);
  if (stored.name !== snapshot) saveSnapshot(place, { ...stored, name: snapshot });
}

function move(paths: Paths, entry: string, place: string): void {
  const from = join(paths.trash, entry);
  if (existsSync(from) && !existsSync(place)) {
    makeDirectory(join(place, '..'));
    renameDurably(from, place);
  }
}

/** A machine that spoiled its own /etc, or its config, comes back all the same. */
async function renameIdentity({ paths, backend }: Domain, name: string): Promise<void> {
  try {
    await backend.storage.writeIdentity(loadMachine(paths, name).handle);
  } catch {
    // As in a rename: the names of its files are wrong until its root mends /etc.
  }
}

export function findEntry({ trash }: Paths, entry: string): TrashEntry {
  const found = parseEntry(entry);
  if (found === undefined || !existsSync(join(trash, entry))) {
    throw noSuchEntry(entry);
  }
  return found;
}

function requireRoom(
  paths: Paths,
  { entry }: TrashEntry,
  machine: string,
  snapshot: string | undefined,
): void {
  const hint = `bring it back under another name: tsmachine trash restore ${entry} --as NEW`;
  if (snapshot === undefined && machineExists(paths, machine)) {
    throw new MachineError('exists', `there is a machine "${machine}" already`, {
      subject: machine,
      hint,
    });
  }
  if (snapshot !== undefined && existsSync(paths.snapshot(machine, snapshot))) {
    throw new MachineError('exists', `${machine} has a snapshot "${snapshot}" already`, {
      subject: `${machine}@${snapshot}`,
      hint,
    });
  }
}

function ownerOf(paths: Paths, { entry, machine, snapshot = '' }: TrashEntry): string {
  const folder = join(paths.trash, entry);
  const stored = readRecord(folder, snapshot, entry);
  requireFiles(paths, folder, snapshot, stored);
  return findOwner(paths, { entry, machine }, ownerOfSnapshot(stored), 'this snapshot');
}

/** One that is damaged would be in the way of every `undo` after it. */
function readRecord(folder: string, snapshot: string, entry: string): SnapshotRecord {
  try {
    return readSnapshotIn(folder, snapshot);
  } catch (cause) {
    const error = toMachineError(cause, entry);
    const hint = `remove it for good: tsmachine trash empty ${entry}; \`undo\` then takes what was before it`;
    throw new MachineError(error.code, error.message, { ...error, hint, cause });
  }
}

function requireFiles(paths: Paths, folder: string, snapshot: string, { config }: SnapshotRecord): void {
  const { driver, layers } = config.storage;
  const tree = driver === 'overlay' ? undefined : join(folder, 'root');
  const missing = missingFiles({ driver, layers: layers.map(paths.layerTree), tree });
  if (missing !== undefined) {
    throw new MachineError('invalid-config', `snapshot ${snapshot}: ${missing}`, { subject: snapshot });
  }
}
