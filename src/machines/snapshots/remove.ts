/** snapshot-remove: into the trash, and what went on from it goes on from what was before it. Loaded lazily. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StorageWork } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import type { MachineEvent } from '../events/events.ts';
import { compact } from '../layers/compaction.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import type { PurgedEntry, Removal } from '../machines.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { step } from '../store/crash-points.ts';
import type { SnapshotRemoveIntent } from '../store/intents.ts';
import { withReserve } from '../store/reserve.ts';
import { loadMachine } from '../store/store.ts';
import { snapshotEntryName } from '../trash/entries.ts';
import { purgeSurplus } from '../trash/purge.ts';
import { purgeAtOnce } from '../trash/purge-at-once.ts';
import { newCommandId, noteRemovedBy } from '../trash/removed-by.ts';
import { brokenOff } from '../trash/remover.ts';
import { handOn, offspringOf } from './handing-on.ts';
import { loadSnapshot, readSnapshotIn, readSnapshotNames, type SnapshotRecord } from './snapshot-file.ts';

/** `by-rule`: for good too, and nothing that a person did. */
export type Fate = 'trash' | 'for-good' | 'by-rule';

/** All of them or, if one does not exist, none. */
export async function removeSnapshots(
  domain: Domain,
  name: string,
  snapshots: readonly string[],
  now: boolean,
  work: StorageWork,
): Promise<Removal> {
  const deed = async () => {
    if (work.signal.aborted) throw brokenOff('nothing is removed', work.signal.reason);
    loadMachine(domain.paths, name);
    const wanted = [...new Set(snapshots)];
    for (const snapshot of wanted) requireSnapshot(domain, name, snapshot);
    return { purged: await discardSnapshots(domain, name, wanted, now ? 'for-good' : 'trash', work) };
  };
  return withReserve(domain.paths, () => withMachines(domain, [name], deed));
}

/** The caller holds the machine's lock. Returns what the bounds of the trash pushed out. Broken off, it says what has happened. */
export async function discardSnapshots(
  domain: Domain,
  machine: string,
  snapshots: readonly string[],
  fate: Fate,
  work: StorageWork,
): Promise<readonly PurgedEntry[]> {
  if (snapshots.length === 0) return [];
  const entries = await discardEach(domain, machine, snapshots, fate);
  step('snapshot-remove', 6);
  if (fate !== 'trash') await purgeAtOnce(domain, entries, work, 'they are');
  const purged = await purgeSurplus(domain, Date.now(), work);
  try {
    await compact(domain, machine, work);
  } catch (error) {
    throw brokenOff(mergeWords(fate), error, `the next command on ${machine} goes on with it`);
  }
  step('snapshot-remove', 7);
  return purged;
}

/** Nobody sees a difference. */
function mergeWords(fate: Fate): string {
  const where = fate === 'trash' ? 'in the trash' : 'gone';
  return `they are ${where}, and layers are not all merged yet, which changes nothing of any machine's files`;
}

/** Returns the entries. Each has a moment of its own, by which they come back in turn. */
async function discardEach(
  domain: Domain,
  machine: string,
  snapshots: readonly string[],
  fate: Fate,
): Promise<readonly string[]> {
  const command = snapshots.length > 1 && fate === 'trash' ? newCommandId() : undefined;
  const entries: string[] = [];
  let last = 0;
  for (const snapshot of snapshots) {
    last = Math.max(Date.now(), last + 1);
    const entry = snapshotEntryName(machine, snapshot, last);
    await discard(domain, { machine, snapshot, entry, command }, fate);
    entries.push(entry);
  }
  return entries;
}

interface Discarded {
  readonly machine: string;
  readonly snapshot: string;
  readonly entry: string;
  readonly command: string | undefined;
}

async function discard(domain: Domain, discarded: Discarded, fate: Fate): Promise<void> {
  const { machine, snapshot, entry, command } = discarded;
  const intent: SnapshotRemoveIntent = {
    operation: 'snapshot-remove',
    name: machine,
    snapshot,
    entry,
    command,
    parent: parentOf(domain, machine, snapshot),
    offspring: offspringOf(domain.paths, machine, snapshot),
  };
  await underIntent(domain, intent, async () => {
    step('snapshot-remove', 2);
    handOn(domain.paths, intent);
    step('snapshot-remove', 3);
    await moveToTrash(domain, intent);
    step('snapshot-remove', 4);
  });
  step('snapshot-remove', 5);
  record(domain, machine, 'snapshot-removed', { snapshot, ...detailsOf(fate, entry) });
}

function detailsOf(fate: Fate, entry: string): MachineEvent['details'] {
  if (fate === 'trash') return { trash: entry };
  return fate === 'by-rule' ? { byRule: true } : {};
}

export async function completeSnapshotRemove(
  domain: Domain,
  intent: SnapshotRemoveIntent,
): Promise<'completed'> {
  handOn(domain.paths, intent);
  await moveToTrash(domain, intent);
  return 'completed';
}

async function moveToTrash(
  domain: Domain,
  { name, snapshot, entry, command }: SnapshotRemoveIntent,
): Promise<void> {
  const { paths } = domain;
  makeDirectory(paths.trash);
  await withLayersLock(domain, async () => {
    if (existsSync(paths.snapshot(name, snapshot))) {
      noteRemovedBy(paths.snapshot(name, snapshot), command);
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
