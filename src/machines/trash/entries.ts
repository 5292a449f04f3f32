/**
 * What lies in the trash: destroyed machines in trash/NAME.MILLISECONDS, removed snapshots in trash/NAME@SNAPSHOT.MILLISECONDS,
 * what paths were before a revert in trash/NAME+paths.MILLISECONDS.
 * A machine keeps its snapshots in it, and its id range, under the entry's name: its files still carry what the range stands for.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMachineName } from '../names/machine-names.ts';
import { isSnapshotName } from '../names/snapshot-names.ts';
import { DOOMED } from '../store/paths.ts';
import { readFolder } from '../store/store.ts';

export interface TrashEntry {
  /** The folder: no machine has a dot, a plus or an at sign in its name. */
  readonly entry: string;
  readonly kind: 'machine' | 'snapshot' | 'paths';
  readonly machine: string;
  readonly snapshot: string | undefined;
  /** Milliseconds since the epoch. */
  readonly removedAt: number;
}

export function machineEntryName(name: string, now: number): string {
  return `${name}.${now}`;
}

export function snapshotEntryName(machine: string, snapshot: string, now: number): string {
  return `${machine}@${snapshot}.${now}`;
}

/** Two reverts may come in one millisecond. */
export function freePathsEntryName(trash: string, machine: string, now: number): string {
  const entry = `${machine}+paths.${now}`;
  return existsSync(join(trash, entry)) ? freePathsEntryName(trash, machine, now + 1) : entry;
}

/** Newest first. */
export function readTrash(trash: string): readonly TrashEntry[] {
  return readFolder(trash)
    .map(parseEntry)
    .filter((entry) => entry !== undefined)
    .sort((a, b) => b.removedAt - a.removedAt);
}

/** The names under which id ranges are kept here: also of entries that are being deleted. */
export function rangeOwners(trash: string): readonly string[] {
  return readFolder(trash)
    .map((name) => (name.startsWith(DOOMED) ? name.slice(DOOMED.length) : name))
    .filter((name) => parseEntry(name) !== undefined);
}

/** Undefined for what is no entry. */
export function parseEntry(entry: string): TrashEntry | undefined {
  const [, machine, snapshot, paths, time] = /^([^.@+]+)(?:@(.+)|(\+paths))?\.(\d{1,15})$/.exec(entry) ?? [];
  if (machine === undefined || !isMachineName(machine)) return undefined;
  if (snapshot !== undefined && !isSnapshotName(snapshot)) return undefined;
  return { entry, kind: kindOf(snapshot, paths), machine, snapshot, removedAt: Number(time) };
}

function kindOf(snapshot: string | undefined, paths: string | undefined): TrashEntry['kind'] {
  if (paths !== undefined) return 'paths';
  return snapshot === undefined ? 'machine' : 'snapshot';
}
