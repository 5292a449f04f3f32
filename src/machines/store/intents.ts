/**
 * What a multi-step command is about to do, intents/NAME.json, written before its first deed and removed after its
 * last. One that is found under the machine's lock belongs to a command that died: its verb undoes or completes it (verbs/leavings.ts).
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileState } from '../../backends/storage.ts';
import {
  makeDirectory,
  syncDirectory,
  syncFile,
  writeAtomically,
  writeWhole,
} from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { SnapshotRecord } from '../snapshots/snapshot-file.ts';
import type { Paths } from './paths.ts';
import { readFolder } from './store.ts';

export type Intent =
  /** All that create makes before its rename lies in staging, or carries the name (id range). */
  | { readonly operation: 'create'; readonly name: string }
  | { readonly operation: 'rename'; readonly name: string; readonly newName: string }
  | DestroyIntent
  | SnapshotIntent
  | RestoreIntent
  | CloneIntent
  | SnapshotRemoveIntent
  | ExportIntent
  | ImportIntent
  | BringBackIntent
  | RevertIntent
  /** `upper` goes down into `lower`, and everything that names both names `lower` alone then. */
  | { readonly operation: 'merge'; readonly name: string; readonly upper: string; readonly lower: string }
  /** `name` is the first of the entries of the trash that go for good. */
  | { readonly operation: 'purge'; readonly name: string; readonly entries: readonly string[] }
  /** An image ahead of its machines; `name` is that of its staging folder, and no machine's. */
  | { readonly operation: 'pull'; readonly name: string }
  /** Not a recovery matter: it tells handleExit that somebody wants the machine down, even if its init reboots. */
  | { readonly operation: 'stop'; readonly name: string };

/** What a state that is being kept will be, and where. */
interface Keeping {
  readonly name: string;
  /** The id of the layer that may come of it. */
  readonly layer: string;
  /** As it will be stored; its config is the machine's as it was, with the layers as they were. */
  readonly record: SnapshotRecord;
}

export interface SnapshotIntent extends Keeping {
  readonly operation: 'snapshot';
  /** Of a running machine: what is kept is a copy, and nothing of the machine changes. */
  readonly live: boolean;
}

export interface RestoreIntent extends Keeping {
  readonly operation: 'restore';
  /** The one whose files come. */
  readonly snapshot: string;
  readonly files: FileState;
  /** The machine's from now on, with the layers of those files. */
  readonly config: MachineConfig;
  /** Whether those files name another host or machine-id. */
  readonly strange: boolean;
}

export interface CloneIntent {
  readonly operation: 'clone';
  /** The new machine. */
  readonly name: string;
  readonly source: string;
  readonly layer: string;
  /** Of a stopped machine's present state, which may become a layer of both: the source's config as it was. */
  readonly sourceConfig: MachineConfig | undefined;
}

export interface ExportIntent {
  readonly operation: 'export';
  readonly name: string;
  /** The file until it is whole; undefined if it goes elsewhere than to a file. */
  readonly part: string | undefined;
}

export interface ImportIntent {
  readonly operation: 'import';
  readonly name: string;
  /** The ids of those that may come of it. */
  readonly layers: readonly string[];
}

export interface DestroyIntent {
  readonly operation: 'destroy';
  readonly name: string;
  /** The folder in the trash. */
  readonly entry: string;
  /** Where it destroys several. */
  readonly command?: string | undefined;
}

export interface SnapshotRemoveIntent {
  readonly operation: 'snapshot-remove';
  readonly name: string;
  readonly snapshot: string;
  readonly entry: string;
  /** Where it removes several. */
  readonly command?: string | undefined;
  /** What its children and the machine go on from then. */
  readonly parent: string | null;
  readonly offspring: Offspring;
}

/** What went on from a snapshot. */
export interface Offspring {
  /** Snapshots by name; the moment tells one from a later one of the same name. */
  readonly children: Readonly<Record<string, string>>;
  /** Whether the machine's present files did. */
  readonly current: boolean;
}

export interface BringBackIntent {
  readonly operation: 'trash-restore';
  /** The machine that it belongs to then. */
  readonly name: string;
  readonly entry: string;
  /** Of a snapshot: what it is called then. */
  readonly snapshot?: string | undefined;
}

/** `paths` of the machine become what they are in `from`; what they were is kept in the trash as `entry`. */
export interface RevertIntent {
  readonly operation: 'revert';
  readonly name: string;
  readonly paths: readonly string[];
  readonly from: FileState;
  readonly entry: string;
}

export type RecordedIntent = Intent & { readonly pid: number; readonly pidStart: string };

/** The names whose locks its command held. */
export function namesOf(intent: Intent): readonly string[] {
  switch (intent.operation) {
    case 'rename':
      return [intent.name, intent.newName];
    case 'clone':
      return [intent.name, intent.source];
    default:
      return [intent.name];
  }
}

export function writeIntent(paths: Paths, intent: Intent): void {
  makeDirectory(paths.intents);
  writeAtomically(fileOf(paths, intent.name), JSON.stringify({ ...intent, ...ownProcess() }));
}

/**
 * After the last deed. The intent of a new machine need not be gone from the disk at once: what finds it again after a power cut finds the
 * machine whole and leaves it; and whatever takes the machine away writes an intent of the same name first.
 */
export function endIntent(paths: Paths, intent: Intent): void {
  switch (intent.operation) {
    case 'create':
    case 'clone':
      dropIntent(paths, intent);
      break;
    case 'snapshot':
    case 'restore':
      // Nothing that they made was removed.
      dropIntent(paths, intent);
      syncDirectory(paths.intents);
      break;
    default:
      removeIntent(paths, intent);
  }
}

/** What it told of is gone from the disk too: a file system may keep the one removal and lose the other. */
export function removeIntent(paths: Paths, intent: Intent): void {
  removeFile(fileOf(paths, intent.name));
  for (const folder of [...removedFrom(paths, intent), paths.intents]) {
    if (existsSync(folder)) syncDirectory(folder);
  }
}

function removedFrom(paths: Paths, intent: Intent): readonly string[] {
  switch (intent.operation) {
    case 'create':
      return [paths.stagings];
    case 'clone':
      return existsSync(paths.layer(intent.layer)) ? [paths.stagings] : [paths.stagings, paths.layers];
    case 'snapshot':
    case 'restore':
      return existsSync(paths.layer(intent.layer)) ? [] : [paths.layers];
    case 'merge':
      return [paths.layers];
    case 'purge':
      return [paths.trash, paths.layers];
    default:
      return [];
  }
}

/**
 * Records without waiting for the disk: enough for a mark that only other processes of this boot read, and as long as nothing is made but what
 * is staged under the name.
 */
export function markIntent(paths: Paths, intent: Intent): void {
  makeDirectory(paths.intents);
  writeWhole(fileOf(paths, intent.name), JSON.stringify({ ...intent, ...ownProcess() }));
}

/** What was only marked is on disk then, as if it had been written. */
export function keepIntent(paths: Paths, { name }: Intent): void {
  syncFile(fileOf(paths, name));
  syncDirectory(paths.intents);
}

/** Removes without waiting for the disk: for marks that do no harm if a power cut brings them back. */
export function dropIntent(paths: Paths, intent: Intent): void {
  removeFile(fileOf(paths, intent.name));
}

export function readIntents(paths: Paths): readonly RecordedIntent[] {
  return readFolder(paths.intents)
    .filter((file) => file.endsWith('.json'))
    .map((file) => readIntentFile(join(paths.intents, file)))
    .filter((intent) => intent !== undefined);
}

/** Files that tell of nothing: what their commands left half done cannot be known. */
export function damagedIntents(paths: Paths): readonly string[] {
  return readFolder(paths.intents)
    .filter((file) => file.endsWith('.json'))
    .map((file) => join(paths.intents, file))
    .filter((path) => existsSync(path) && readIntentFile(path) === undefined);
}

export function readIntent(paths: Paths, name: string): RecordedIntent | undefined {
  return readIntentFile(join(paths.intents, `${name}.json`));
}

/** True if the process that wrote it is gone (its start time tells a reused pid). */
export function isAbandoned(intent: RecordedIntent): boolean {
  return startOf(intent.pid) !== intent.pidStart;
}

function fileOf(paths: Paths, name: string): string {
  return join(paths.intents, `${name}.json`);
}

/** Only we write here, whole or not at all: no schema. What the disk has damaged beyond its names is none; `doctor` tells of it. */
function readIntentFile(path: string): RecordedIntent | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    if (text === '') return unbegun(basename(path, '.json'));
    const intent = JSON.parse(text) as RecordedIntent;
    return namesOf(intent).every((name) => typeof name === 'string') ? intent : undefined;
  } catch {
    return undefined;
  }
}

/** A power cut took what was only marked: there is nothing but what is staged under its name. */
function unbegun(name: string): RecordedIntent {
  return { operation: 'create', name, pid: 0, pidStart: '' };
}

function ownProcess(): { readonly pid: number; readonly pidStart: string } {
  return { pid: process.pid, pidStart: startOf(process.pid) ?? '' };
}

/** Field 22 of /proc/PID/stat, undefined if there is no such process (or it is a zombie). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
