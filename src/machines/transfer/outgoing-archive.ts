/** What goes into an archive, whoever keeps the machine: its states, and what is told of them. Pure. */
import type { FileState, PackedState, PackRequest } from '../../backends/storage.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { SnapshotRecord } from '../snapshots/snapshot-file.ts';
import { formatManifest, portableConfig, portableSnapshot } from './manifest.ts';

/** A state on its way. */
interface OutgoingState {
  readonly packed: PackedState;
  readonly snapshot: SnapshotRecord | null;
}

export interface OutgoingArchive {
  readonly name: string;
  readonly hostname: string;
  readonly config: MachineConfig;
  /** The present one, or what is exported in its stead, is the last. */
  readonly states: readonly OutgoingState[];
}

export interface PresentState {
  readonly hostname: string;
  readonly config: MachineConfig;
  readonly files: FileState;
  /** A snapshot, which need not be among those that go along. */
  readonly goesOnFrom: string | undefined;
}

export interface SnapshotState {
  readonly record: SnapshotRecord;
  readonly files: FileState;
}

export function outgoingArchive(
  name: string,
  { hostname, config, files, goesOnFrom }: PresentState,
  snapshots: readonly SnapshotState[],
): OutgoingArchive {
  // What a snapshot goes on from comes before it.
  const kept = [...snapshots].sort((one, other) => timeOf(one) - timeOf(other));
  const at = kept.findIndex(({ record }) => record.name === goesOnFrom);
  const { snapshot: _, ...storage } = config.storage;
  return {
    name,
    hostname,
    config: { ...config, storage: at < 0 ? storage : { ...storage, snapshot: goesOnFrom as string } },
    states: [
      ...kept.map(({ record, files: itsFiles }, number) => ({
        packed: { files: itsFiles, base: baseAmong(kept, record, number) },
        snapshot: portableSnapshot(record),
      })),
      { packed: { files, base: kept.length === 0 ? undefined : Math.max(0, at) }, snapshot: null },
    ],
  };
}

function timeOf({ record }: SnapshotState): number {
  return Date.parse(record.createdAt);
}

/** The first one has none. A parent that is gone, or was taken later, is none either. */
function baseAmong(
  kept: readonly SnapshotState[],
  { parent }: SnapshotRecord,
  number: number,
): number | undefined {
  if (number === 0) return undefined;
  const at = kept.findIndex(({ record }) => record.name === parent);
  return at >= 0 && at < number ? at : 0;
}

export function snapshotNames({ states }: OutgoingArchive): readonly string[] {
  return states.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot.name]));
}

export function manifestOf({ name, hostname, config, states }: OutgoingArchive): PackRequest['manifest'] {
  return (removed) =>
    formatManifest({
      name,
      hostname,
      config: portableConfig(config),
      states: states.map(({ packed, snapshot }, number) => ({
        snapshot,
        base: packed.base ?? null,
        removed: (removed[number] ?? []).map((path) => path.toString('base64')),
      })),
    });
}
