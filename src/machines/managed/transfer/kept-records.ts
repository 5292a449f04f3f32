/** Kept states as records of snapshots, in which they travel, and back: what they say stands in facts of their settings files. */
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import type { SnapshotRecord } from '../../snapshots/snapshot-file.ts';
import { configOf, readState } from '../config/managed-config.ts';
import { keptStateName, snapshotsAmong } from '../images/image-names.ts';
import { type OwnFacts, readOwnFacts } from '../images/own-facts.ts';
import { requireKeptState } from '../images/require-machine.ts';

interface KeptRecord {
  readonly image: ManagedImage;
  readonly record: SnapshotRecord;
}

export async function recordsOf(manager: Manager, name: string): Promise<readonly KeptRecord[]> {
  const snapshots = snapshotsAmong(name, await manager.images.names());
  return await Promise.all(
    snapshots.map(async (snapshot) => {
      const image = await requireKeptState(manager, keptStateName(name, snapshot));
      return { image, record: await recordOf(manager, name, snapshot, image) };
    }),
  );
}

/** What a kept state says is as it was then; limits are those of now. */
export async function configOfImage(
  manager: Manager,
  name: string,
  image: ManagedImage,
): Promise<MachineConfig> {
  const state = await readState(manager, name);
  if (image.name === name) return configOf(manager.name, manager.settings, state);
  const [text, machineId] = await Promise.all([
    manager.settings.read(image.name),
    manager.views.machineId(image.name),
  ]);
  const machine = { ...state.machine, image };
  return configOf(manager.name, manager.settings, { ...state, text, machineId, machine });
}

async function recordOf(
  manager: Manager,
  name: string,
  snapshot: string,
  image: ManagedImage,
): Promise<SnapshotRecord> {
  const facts = readOwnFacts(manager.settings, await manager.settings.read(image.name));
  const {
    takenAt,
    machine = name,
    parent = null,
    comment,
    automatic,
    scheduled,
    expiresAt,
    frozenMs,
  } = facts;
  return {
    version: 1,
    name: snapshot,
    machine,
    createdAt: takenAt ?? new Date(image.createdAt ?? image.modifiedAt ?? 0).toISOString(),
    ...(comment === undefined ? {} : { comment }),
    parent,
    automatic: automatic ?? false,
    ...(scheduled === undefined ? {} : { scheduled }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(frozenMs === undefined ? {} : { frozenMs }),
    config: await configOfImage(manager, name, image),
  };
}

export function factsOfRecord(record: SnapshotRecord): OwnFacts {
  const { createdAt, machine, comment, parent, automatic, scheduled, expiresAt, frozenMs } = record;
  return {
    takenAt: createdAt,
    machine,
    ...(comment === undefined ? {} : { comment }),
    ...(parent === null ? {} : { parent }),
    ...(automatic ? { automatic: true } : {}),
    ...(scheduled === undefined ? {} : { scheduled }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(frozenMs === undefined ? {} : { frozenMs }),
  };
}
