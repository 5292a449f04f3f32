/**
 * What went on from a snapshot that is removed goes on from what was before it. What that was is kept beside the removed snapshot
 * (handed-on.json), so that the tree is as before when it comes back.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { Offspring, SnapshotRemoveIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine, saveMovedConfig } from '../store/store.ts';
import { readSnapshotIn, readSnapshotNames, type SnapshotRecord, saveSnapshot } from './snapshot-file.ts';

const HANDED_ON_FILE = 'handed-on.json';

type HandedOn = Offspring & { readonly parent: string | null };

export function offspringOf(paths: Paths, machine: string, snapshot: string): Offspring {
  const children = snapshotsOf(paths, machine).filter(({ record }) => record.parent === snapshot);
  return {
    children: Object.fromEntries(children.map(({ name, record }) => [name, record.createdAt])),
    current: loadMachine(paths, machine).config.storage.snapshot === snapshot,
  };
}

/** May be repeated. */
export function handOn(paths: Paths, { name, snapshot, parent, offspring }: SnapshotRemoveIntent): void {
  const isLeaf = !offspring.current && Object.keys(offspring.children).length === 0;
  if (!isLeaf && existsSync(paths.snapshot(name, snapshot))) {
    const handed: HandedOn = { parent, ...offspring };
    writeAtomically(join(paths.snapshot(name, snapshot), HANDED_ON_FILE), JSON.stringify(handed));
  }
  for (const { name: other, record } of snapshotsOf(paths, name)) {
    if (record.parent === snapshot) saveSnapshot(paths.snapshot(name, other), { ...record, parent });
  }
  const { config } = loadMachine(paths, name);
  if (config.storage.snapshot === snapshot) saveMovedConfig(paths.machine(name), goingOnFrom(config, parent));
}

/**
 * The snapshot is back, as `snapshot`. What has been put elsewhere since stays there. May be repeated. `removedAt`: milliseconds since
 * the epoch.
 */
export function handBack(paths: Paths, machine: string, snapshot: string, removedAt: number): void {
  const file = join(paths.snapshot(machine, snapshot), HANDED_ON_FILE);
  const handed = readHandedOn(file);
  if (handed === undefined) return;
  const all = snapshotsOf(paths, machine);
  for (const { name, record } of all) {
    const was = handed.children[name] === record.createdAt;
    if (was && record.parent === handed.parent) {
      saveSnapshot(paths.snapshot(machine, name), { ...record, parent: snapshot });
    }
  }
  // A restore leaves an automatic snapshot: the files of now are others then, even if they go on from the same one.
  const restored = all.some(({ record }) => record.automatic && Date.parse(record.createdAt) > removedAt);
  const { config } = loadMachine(paths, machine);
  if (handed.current && !restored && (config.storage.snapshot ?? null) === handed.parent) {
    saveMovedConfig(paths.machine(machine), goingOnFrom(config, snapshot));
  }
  rmSync(file);
}

function goingOnFrom(config: MachineConfig, parent: string | null): MachineConfig {
  const { snapshot: _, ...storage } = config.storage;
  return { ...config, storage: parent === null ? storage : { ...storage, snapshot: parent } };
}

/** Only we write it, whole. One that cannot be read costs a line in the tree. */
function readHandedOn(file: string): HandedOn | undefined {
  try {
    const handed: HandedOn = JSON.parse(readFileSync(file, 'utf8'));
    return typeof handed.children === 'object' ? handed : undefined;
  } catch {
    return undefined;
  }
}

interface FoundSnapshot {
  readonly name: string;
  readonly record: SnapshotRecord;
}

/** Damaged ones are nobody's children. */
function snapshotsOf(paths: Paths, machine: string): readonly FoundSnapshot[] {
  return readSnapshotNames(paths, machine).flatMap((name) => {
    try {
      return [{ name, record: readSnapshotIn(paths.snapshot(machine, name), name) }];
    } catch {
      return [];
    }
  });
}
