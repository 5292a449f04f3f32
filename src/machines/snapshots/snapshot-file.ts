/** A snapshot on disk: machines/NAME/snapshots/SNAPSHOT/snapshot.json, version 1. The folder's name is the snapshot's. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { FileState } from '../../backends/storage.ts';
import { makeDirectory, writeAtomically } from '../../files/atomic-file.ts';
import { type DeepReadonly, machineConfigSchema } from '../config/config-schema.ts';
import { MachineError } from '../errors.ts';
import { checkSnapshotName, isSnapshotName, noSuchSnapshot } from '../names/snapshot-names.ts';
import type { Paths } from '../store/paths.ts';
import { isMissing, readFolder } from '../store/store.ts';
import { parseStored } from '../store/stored-json.ts';

export const SNAPSHOT_FILE = 'snapshot.json';
export const SNAPSHOT_VERSION = 1;

const moment = v.pipe(v.string(), v.isoTimestamp());

export const snapshotSchema = v.strictObject({
  version: v.literal(SNAPSHOT_VERSION),
  name: v.string(),
  /** The machine's name then: its files carry it as their host name. */
  machine: v.string(),
  createdAt: moment,
  comment: v.exactOptional(v.string()),
  /** The one that the machine's files went on from. */
  parent: v.nullable(v.string()),
  /** Made before a restore, not asked for. */
  automatic: v.boolean(),
  /** Taken because of snapshots.schedule. */
  scheduled: v.exactOptional(v.literal(true)),
  expiresAt: v.exactOptional(moment),
  /** How long the running machine stood still, in milliseconds. */
  frozenMs: v.exactOptional(v.number()),
  /** As it was then; its storage.layers are the snapshot's own. */
  config: machineConfigSchema,
});

export type SnapshotRecord = DeepReadonly<v.InferOutput<typeof snapshotSchema>>;

/** Sorted by name, whether or not they can be read. */
export function readSnapshotNames(paths: Paths, machine: string): readonly string[] {
  const folder = paths.snapshots(machine);
  // Most machines have none, and `list` asks for each: a look is cheaper than an error.
  return existsSync(folder) ? readFolder(folder).filter(isSnapshotName).sort() : [];
}

/** Throws `usage`, `no-such-machine` (with the nearest name) or `invalid-config`. */
export function loadSnapshot(paths: Paths, machine: string, snapshot: string): SnapshotRecord {
  checkSnapshotName(snapshot);
  const directory = paths.snapshot(machine, snapshot);
  if (!existsSync(directory)) {
    throw noSuchSnapshot(machine, snapshot, readSnapshotNames(paths, machine));
  }
  return readSnapshotIn(directory, snapshot);
}

/** The record of a snapshot that may lie elsewhere than in its machine (in the trash). Throws `invalid-config`. */
export function readSnapshotIn(directory: string, snapshot: string): SnapshotRecord {
  const path = join(directory, SNAPSHOT_FILE);
  const stored = parseStored(readSnapshotText(directory), snapshotSchema, SNAPSHOT_VERSION);
  if (stored.fault === undefined) {
    return stored.value;
  }
  throw new MachineError('invalid-config', `snapshot ${snapshot}: ${path}: ${stored.fault}`, {
    subject: snapshot,
    path,
    hint: 'it can be removed with `tsmachine snapshot-remove`; everything else goes on working',
    cause: stored.cause,
  });
}

/** As saveSnapshot wrote it; empty if there is none. */
export function readSnapshotText(directory: string): string {
  try {
    return readFileSync(join(directory, SNAPSHOT_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

export function saveSnapshot(directory: string, record: SnapshotRecord): void {
  makeDirectory(directory);
  writeAtomically(join(directory, SNAPSHOT_FILE), `${JSON.stringify(record, null, 2)}\n`);
}

/** The files of a snapshot. */
export function stateOfSnapshot(
  paths: Paths,
  machine: string,
  snapshot: string,
  { config }: SnapshotRecord,
): FileState {
  const { driver, layers } = config.storage;
  const tree = driver === 'overlay' ? undefined : paths.snapshotTree(machine, snapshot);
  return { driver, layers: layers.map(paths.layerTree), tree };
}

/** Why the files of a snapshot are not all there; undefined if they are. `exists` may remember what it saw. */
export function missingFiles(
  { driver, layers, tree }: FileState,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  if (tree !== undefined) {
    return exists(tree) ? undefined : `its files are gone: ${tree}`;
  }
  const missing = driver === 'overlay' ? layers.find((layer) => !exists(layer)) : undefined;
  return missing === undefined ? undefined : `a layer of it is gone: ${missing}`;
}

export interface UsableSnapshot {
  readonly record: SnapshotRecord;
  readonly files: FileState;
}

/** As loadSnapshot, and throws `invalid-config` also where its files are not all there. */
export function loadUsableSnapshot(paths: Paths, machine: string, snapshot: string): UsableSnapshot {
  const record = loadSnapshot(paths, machine, snapshot);
  const files = stateOfSnapshot(paths, machine, snapshot, record);
  const missing = missingFiles(files);
  if (missing !== undefined) {
    throw new MachineError('invalid-config', `snapshot ${snapshot}: ${missing}`, {
      subject: snapshot,
      hint: `see \`tsmachine snapshots ${machine}\` for others`,
    });
  }
  return { record, files };
}
