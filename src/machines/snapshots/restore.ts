/** restore: everything is looked at before anything is touched, and what the machine was is kept. Loaded lazily. */

import type { MachineSpec } from '../../backends/backend.ts';
import type { StorageWork } from '../../backends/storage.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { type StoredMachine, specOf, storedMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { newLayerId } from '../layers/new-layer.ts';
import { applyDiskLimit } from '../limits/disk-limit.ts';
import { nextAutomaticName } from '../names/snapshot-names.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { underIntent } from '../recovery/under-intent.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { step } from '../store/crash-points.ts';
import type { RestoreIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';
import { quietWork } from '../work/quiet-work.ts';
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
import {
  loadUsableSnapshot,
  readSnapshotNames,
  type SnapshotRecord,
  type UsableSnapshot,
} from './snapshot-file.ts';
import { removeSurplus } from './surplus.ts';
import { automaticBounds } from './surplus-rule.ts';
import { newRecord } from './take.ts';

/** Returns the name of the automatic snapshot. */
export async function restore(
  domain: Domain,
  name: string,
  snapshot: string,
  work: StorageWork,
): Promise<string> {
  return withMachines(domain, [name], async () => {
    const machine = loadMachine(domain.paths, name);
    const target = loadUsableSnapshot(domain.paths, name, snapshot);
    checkDriver(machine, snapshot, target);
    await requireStopped(domain, machine);
    return restoreLocked(domain, machine, snapshot, target, work);
  });
}

async function restoreLocked(
  domain: Domain,
  machine: StoredMachine,
  snapshot: string,
  target: UsableSnapshot,
  work: StorageWork,
): Promise<string> {
  const { paths, backend } = domain;
  const intent = intentOf(domain, machine, snapshot, target);
  const before = intent.record.name;
  requireOwnFiles(domain, machine);
  work.signal.throwIfAborted();
  await underIntent(domain, intent, async () => {
    step('restore', 2);
    makePlace(paths, intent);
    const place = placeOf(paths, intent);
    const { kept } = await backend.storage.replace(machine.handle, intent.files, place, work);
    step('restore', 3);
    writeKept(paths, intent, kept.layers, undefined);
    step('restore', 4);
    await goOn(domain, intent);
    step('restore', 6);
  });
  step('restore', 7);
  record(domain, machine.name, 'restored', { snapshot, before });
  step('restore', 8);
  const spare = [before, snapshot];
  // The restore is done; what could not go now goes the next time.
  await removeSurplus(domain, machine.name, { keep: undefined, spare }, work).catch(() => []);
  step('restore', 9);
  return before;
}

function intentOf(
  { paths }: Domain,
  machine: StoredMachine,
  snapshot: string,
  target: UsableSnapshot,
): RestoreIntent {
  const { name, config } = machine;
  const before = nextAutomaticName(readSnapshotNames(paths, name));
  const order = {
    snapshot: before,
    comment: `before the restore of ${snapshot}`,
    expiresAfterMs: automaticBounds.maxAgeMs,
    scheduled: false,
  };
  const next = ownConfig(config, target.record.config);
  return {
    operation: 'restore',
    name,
    layer: newLayerId(),
    record: { ...newRecord(machine, before, order), automatic: true },
    snapshot,
    files: target.files,
    config: next,
    strange: isStrange(specOf(name, next, paths), target.record),
  };
}

function isStrange({ hostname, machineId }: MachineSpec, { machine, config }: SnapshotRecord): boolean {
  return config.machineId !== machineId || (config.hostname ?? machine) !== hostname;
}

/** Who the machine is does not change with its files. */
function ownConfig(own: MachineConfig, restored: MachineConfig): MachineConfig {
  return { ...restored, idRange: own.idRange, machineId: own.machineId, createdAt: own.createdAt };
}

/** The files have been replaced, and what was before is a snapshot. */
async function goOn(domain: Domain, intent: RestoreIntent): Promise<void> {
  const { paths, backend } = domain;
  writeGoingOn(paths, intent.name, intent.config, intent.files.layers, intent.snapshot);
  step('restore', 5);
  if (intent.strange) {
    // A machine that spoiled its own /etc can be restored to all the same.
    await backend.storage.writeIdentity(loadMachine(paths, intent.name).handle).catch(() => {});
  }
  // A limit that cannot be put on now keeps the machine from its next start, and not from what it was.
  await applyDiskLimit(domain, loadMachine(paths, intent.name)).catch(() => {});
  endKeeping(paths, intent);
}

/** Completed from the first file on that was moved. The snapshot itself is not asked again: it may be damaged since. */
export async function recoverRestore(domain: Domain, intent: RestoreIntent): Promise<'undone' | 'completed'> {
  const { paths, backend } = domain;
  if (!isBegun(domain, intent)) return undoKeeping(domain, intent);
  if (!isWritten(paths, intent)) {
    const { handle } = storedMachine(intent.name, intent.record.config, paths);
    const place = placeOf(paths, intent);
    const { kept } = await backend.storage.replace(handle, intent.files, place, quietWork);
    writeKept(paths, intent, kept.layers, undefined);
  }
  await goOn(domain, intent);
  return 'completed';
}

function checkDriver({ name, config }: StoredMachine, snapshot: string, { record }: UsableSnapshot): void {
  const [now, then] = [config.storage.driver, record.config.storage.driver];
  if (now !== then) {
    throw new MachineError('invalid-config', `snapshot ${snapshot} lies on ${then}, the machine on ${now}`, {
      subject: name,
      hint: `make a machine of it: tsmachine clone ${name}@${snapshot} NEW`,
    });
  }
}

async function requireStopped(domain: Domain, machine: StoredMachine): Promise<void> {
  const { status } = await settle(domain, machine);
  if (status.state !== 'stopped') {
    throw wrongState(
      machine.name,
      status.state,
      `only a stopped machine can be restored; this one is ${status.state}`,
      `stop it first: tsmachine stop ${machine.name}`,
    );
  }
}
