/** What `snapshot` and `restore` share: the present files are kept at a place, and become a snapshot when its file is written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FilePlace } from '../../backends/storage.ts';
import { makeDirectory } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { describeLayer, layerIds } from '../layers/new-layer.ts';
import type { RestoreIntent, SnapshotIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { saveMovedConfig } from '../store/store.ts';
import { SNAPSHOT_FILE, type SnapshotRecord, saveSnapshot } from './snapshot-file.ts';

export type KeepingIntent = SnapshotIntent | RestoreIntent;

export function placeOf(paths: Paths, { name, layer, record }: KeepingIntent): FilePlace {
  return { layer: paths.layerTree(layer), tree: paths.snapshotTree(name, record.name) };
}

export function makePlace(paths: Paths, { name, record }: KeepingIntent): void {
  makeDirectory(paths.snapshot(name, record.name));
}

/** Before anything is begun that could not end: nothing but the disk's damage takes the files of a machine away. Throws `failed`. */
export function requireOwnFiles({ paths, backend }: Domain, { name, handle }: StoredMachine): void {
  const { tree } = backend.storage.stateOf(handle);
  if (tree !== undefined && existsSync(tree)) return;
  throw new MachineError('failed', 'its own files are gone', {
    subject: name,
    path: join(paths.machine(name), 'storage'),
    hint: `what it was before may be there: tsmachine snapshots ${name}, tsmachine clone ${name}@SNAPSHOT NEW`,
  });
}

/** From the first file on that was moved there, or that is not where the machine has its own, the only way is forward. */
export function isBegun({ paths, backend }: Domain, intent: KeepingIntent): boolean {
  const place = placeOf(paths, intent);
  const { handle } = storedMachine(intent.name, intent.record.config, paths);
  const present = backend.storage.stateOf(handle).tree;
  return (
    existsSync(place.layer) ||
    existsSync(place.tree) ||
    isWritten(paths, intent) ||
    present === undefined ||
    !existsSync(present)
  );
}

/** Whether the snapshot is there, and its files with it. */
export function isWritten(paths: Paths, { name, record }: KeepingIntent): boolean {
  return existsSync(join(paths.snapshot(name, record.name), SNAPSHOT_FILE));
}

export function writeKept(
  paths: Paths,
  { name, record }: KeepingIntent,
  layers: readonly string[],
  frozenMs: number | undefined,
): void {
  const config = withLayers(record.config, layers);
  const whole: SnapshotRecord = { ...record, config, ...(frozenMs === undefined ? {} : { frozenMs }) };
  saveSnapshot(paths.snapshot(name, record.name), whole);
}

/** `snapshot`: what the machine's files go on from now. */
export function writeGoingOn(
  paths: Paths,
  machine: string,
  config: MachineConfig,
  layers: readonly string[],
  snapshot: string,
): void {
  const { storage, ...others } = withLayers(config, layers);
  saveMovedConfig(paths.machine(machine), { ...others, storage: { ...storage, snapshot } });
}

/** `directories`: as a backend names layers. */
function withLayers(config: MachineConfig, directories: readonly string[]): MachineConfig {
  return { ...config, storage: { ...config.storage, layers: layerIds(directories) } };
}

/** Nothing was moved yet. */
export async function undoKeeping({ paths, backend }: Domain, intent: KeepingIntent): Promise<'undone'> {
  await backend.storage.remove(paths.layer(intent.layer));
  await backend.storage.remove(paths.snapshot(intent.name, intent.record.name));
  return 'undone';
}

export function endKeeping(paths: Paths, { layer, name }: KeepingIntent): 'completed' {
  describeLayer(paths, layer, name);
  return 'completed';
}
