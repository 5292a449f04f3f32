/** snapshot-remove: into the trash, and what went on from it goes on from what was before it. Loaded lazily. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { compact } from '../layers/compaction.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { underIntent } from '../lifecycle/under-intent.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import type { PurgedEntry, Removal } from '../machines.ts';
import { step } from '../store/crash-points.ts';
import type { SnapshotRemoveIntent } from '../store/intents.ts';
import { withReserve } from '../store/reserve.ts';
import { loadMachine, saveMovedConfig } from '../store/store.ts';
import { snapshotEntryName } from '../trash/entries.ts';
import { purgeEntries, purgeSurplus } from '../trash/purge.ts';
import {
  loadSnapshot,
  readSnapshotIn,
  readSnapshotNames,
  type SnapshotRecord,
  saveSnapshot,
} from './snapshot-file.ts';

/** All of them or, if one does not exist, none. */
export async function removeSnapshots(
  domain: Domain,
  name: string,
  snapshots: readonly string[],
  now: boolean,
): Promise<Removal> {
  const deed = async () => {
    loadMachine(domain.paths, name);
    const wanted = [...new Set(snapshots)];
    for (const snapshot of wanted) requireSnapshot(domain, name, snapshot);
    return { purged: await discardSnapshots(domain, name, wanted, now) };
  };
  return withReserve(domain.paths, () => withMachines(domain, [name], deed));
}

/** The caller holds the machine's lock. Returns what the bounds of the trash pushed out. */
export async function discardSnapshots(
  domain: Domain,
  machine: string,
  snapshots: readonly string[],
  now: boolean,
): Promise<readonly PurgedEntry[]> {
  if (snapshots.length === 0) return [];
  const entries: string[] = [];
  for (const snapshot of snapshots) {
    entries.push(await discard(domain, machine, snapshot, now));
  }
  step('snapshot-remove', 6);
  if (now) await purgeEntries(domain, entries);
  const purged = await purgeSurplus(domain, Date.now());
  await compact(domain, machine);
  step('snapshot-remove', 7);
  return purged;
}

async function discard(domain: Domain, machine: string, snapshot: string, now: boolean): Promise<string> {
  const entry = snapshotEntryName(machine, snapshot, Date.now());
  const intent: SnapshotRemoveIntent = {
    operation: 'snapshot-remove',
    name: machine,
    snapshot,
    entry,
    parent: parentOf(domain, machine, snapshot),
  };
  await underIntent(domain, intent, async () => {
    step('snapshot-remove', 2);
    handOn(domain, intent);
    step('snapshot-remove', 3);
    await moveToTrash(domain, intent);
    step('snapshot-remove', 4);
  });
  step('snapshot-remove', 5);
  record(domain, machine, 'snapshot-removed', { snapshot, ...(now ? {} : { trash: entry }) });
  return entry;
}

export async function completeSnapshotRemove(
  domain: Domain,
  intent: SnapshotRemoveIntent,
): Promise<'completed'> {
  handOn(domain, intent);
  await moveToTrash(domain, intent);
  return 'completed';
}

/** What names it as its parent, the machine among them, names its parent. */
function handOn({ paths }: Domain, { name, snapshot, parent }: SnapshotRemoveIntent): void {
  for (const other of readSnapshotNames(paths, name)) {
    const directory = paths.snapshot(name, other);
    const found = readEvenDamaged(directory, other);
    if (found?.parent === snapshot) {
      saveSnapshot(directory, { ...found, parent });
    }
  }
  const { config } = loadMachine(paths, name);
  if (config.storage.snapshot === snapshot) {
    const { snapshot: _, ...storage } = config.storage;
    saveMovedConfig(paths.machine(name), {
      ...config,
      storage: parent === null ? storage : { ...storage, snapshot: parent },
    });
  }
}

async function moveToTrash(domain: Domain, { name, snapshot, entry }: SnapshotRemoveIntent): Promise<void> {
  const { paths } = domain;
  makeDirectory(paths.trash);
  await withLayersLock(domain, async () => {
    if (existsSync(paths.snapshot(name, snapshot))) {
      renameDurably(paths.snapshot(name, snapshot), join(paths.trash, entry));
    }
  });
}

function parentOf({ paths }: Domain, machine: string, snapshot: string): string | null {
  const parent = readEvenDamaged(paths.snapshot(machine, snapshot), snapshot)?.parent ?? null;
  return parent !== null && existsSync(paths.snapshot(machine, parent)) ? parent : null;
}

function readEvenDamaged(directory: string, snapshot: string): SnapshotRecord | undefined {
  try {
    return readSnapshotIn(directory, snapshot);
  } catch {
    return undefined;
  }
}

/** A damaged one can be removed; one that is not there cannot. */
function requireSnapshot({ paths }: Domain, machine: string, snapshot: string): void {
  if (!readSnapshotNames(paths, machine).includes(snapshot)) {
    loadSnapshot(paths, machine, snapshot);
  }
}
