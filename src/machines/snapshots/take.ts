/** snapshot: the present files are kept, then named. Loaded lazily. */

import type { StorageWork } from '../../backends/storage.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { mayBeDeep } from '../layers/depth.ts';
import { newLayerId } from '../layers/new-layer.ts';
import { isLive } from '../lifecycle/settle-ending.ts';
import type { SnapshotRequest, TakenSnapshot } from '../machines.ts';
import { freeSnapshotName } from '../names/snapshot-names.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { step } from '../store/crash-points.ts';
import type { SnapshotIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';
import { isoMoment } from '../values/moments.ts';
import { quietWork } from '../work/quiet-work.ts';
import { checkComment } from './comment.ts';
import {
  endKeeping,
  isBegun,
  isWritten,
  makePlace,
  placeOf,
  requireOwnFiles,
  undoKeeping,
  writeGoingOn,
  writeKept,
} from './keeping.ts';
import { removeOlder } from './remove-older.ts';
import { readSnapshotNames, SNAPSHOT_VERSION, type SnapshotRecord } from './snapshot-file.ts';
import { removeSurplus } from './surplus.ts';
import { checkKeep } from './surplus-rule.ts';

export interface SnapshotOrder {
  /** Undefined: the next free one. */
  readonly snapshot: string | undefined;
  readonly comment: string | undefined;
  readonly expiresAfterMs: number | undefined;
  readonly scheduled: boolean;
}

export async function snapshot(
  domain: Domain,
  name: string,
  request: SnapshotRequest,
): Promise<TakenSnapshot> {
  checkKeep(request.keep);
  checkComment(request.comment);
  return withMachines(domain, [name], async () => {
    const order = { ...request, scheduled: false };
    const machine = loadMachine(domain.paths, name);
    const taken = await takeSnapshot(domain, machine, order, request);
    const removed = await removeOlder(name, taken.snapshot, request, (rule, work) =>
      removeSurplus(domain, name, rule, work),
    );
    if (removed.length === 0 && mayBeDeep(machine.config.storage.layers)) {
      await compactDeep(domain, name, request);
    }
    step('snapshot', 8);
    return { ...taken, removed };
  });
}

async function compactDeep(domain: Domain, name: string, work: StorageWork): Promise<void> {
  const { compactIfDeep } = await import('../layers/compaction.ts');
  await compactIfDeep(domain, name, work);
}

/** The caller holds the machine's lock. */
export async function takeSnapshot(
  domain: Domain,
  machine: StoredMachine,
  order: SnapshotOrder,
  work: StorageWork,
): Promise<Omit<TakenSnapshot, 'removed'>> {
  const { paths } = domain;
  const name = freeSnapshotName(machine.name, order.snapshot, readSnapshotNames(paths, machine.name));
  const live = await isLive(domain, machine);
  requireOwnFiles(domain, machine);
  work.signal.throwIfAborted();
  const intent: SnapshotIntent = {
    operation: 'snapshot',
    name: machine.name,
    layer: newLayerId(),
    live,
    record: newRecord(machine, name, order),
  };
  let frozenMs: number | undefined;
  await underIntent(domain, intent, async () => {
    step('snapshot', 2);
    makePlace(paths, intent);
    const kept = await domain.backend.storage.keep(machine.handle, placeOf(paths, intent), work);
    frozenMs = kept.frozenMs;
    step('snapshot', 3);
    writeKept(paths, intent, kept.kept.layers, frozenMs);
    step('snapshot', 4);
    writeGoingOn(paths, machine.name, machine.config, kept.machineLayers, name);
    endKeeping(paths, intent);
    step('snapshot', 5);
  });
  step('snapshot', 6);
  record(domain, machine.name, 'snapshotted', {
    snapshot: name,
    ...(order.scheduled ? { scheduled: true } : {}),
  });
  step('snapshot', 7);
  return { snapshot: name, frozenMs };
}

/** A stopped machine's files are where they were moved to, or nowhere else: completed. A copy that nothing names is dropped. */
export async function recoverSnapshot(
  domain: Domain,
  intent: SnapshotIntent,
): Promise<'undone' | 'completed'> {
  const { paths, backend } = domain;
  const { config, name: snapshot } = intent.record;
  if (intent.live) {
    if (!isWritten(paths, intent)) return undoKeeping(domain, intent);
    writeGoingOn(paths, intent.name, config, config.storage.layers.map(paths.layerTree), snapshot);
    return endKeeping(paths, intent);
  }
  if (!isBegun(domain, intent)) return undoKeeping(domain, intent);
  const { handle } = storedMachine(intent.name, config, paths);
  const kept = await backend.storage.keep(handle, placeOf(paths, intent), quietWork);
  writeKept(paths, intent, kept.kept.layers, kept.frozenMs);
  writeGoingOn(paths, intent.name, config, kept.machineLayers, snapshot);
  return endKeeping(paths, intent);
}

/** The present state, as it will be kept. */
export function newRecord(
  { name, config }: StoredMachine,
  snapshot: string,
  order: SnapshotOrder,
): SnapshotRecord {
  const now = Date.now();
  const { comment, expiresAfterMs } = order;
  return {
    version: SNAPSHOT_VERSION,
    name: snapshot,
    machine: name,
    createdAt: isoMoment(now),
    ...(comment === undefined ? {} : { comment }),
    parent: config.storage.snapshot ?? null,
    automatic: false,
    ...(order.scheduled ? { scheduled: true as const } : {}),
    ...(expiresAfterMs === undefined ? {} : { expiresAt: isoMoment(now + expiresAfterMs) }),
    config,
  };
}
