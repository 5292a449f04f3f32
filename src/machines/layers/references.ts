/**
 * Who names which layers. Nothing is counted and stored: the files that name layers are read, and one that cannot be read is
 * told, since it may name any. They are read in the order in which a name moves on: what is being made before machines, a
 * machine's config before its snapshots.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSnapshotName } from '../names/snapshot-names.ts';
import { SNAPSHOT_FILE } from '../snapshots/snapshot-file.ts';
import { damagedIntents, type Intent, readIntents } from '../store/intents.ts';
import { CONFIG_FILE, type Paths } from '../store/paths.ts';
import { readFolder, readNames } from '../store/store.ts';
import { readTrash } from '../trash/entries.ts';
import { layerIds } from './new-layer.ts';

/** A stack of layers that is named somewhere. */
export interface NamedStack {
  /** The file that names it. */
  readonly path: string;
  /** The machine that it belongs to; undefined for images, the trash and what is being made. */
  readonly machine: string | undefined;
  /** Ids, top first. */
  readonly layers: readonly string[];
}

export interface References {
  readonly stacks: readonly NamedStack[];
  /** Files that may name layers, and cannot be read. */
  readonly unreadable: readonly string[];
}

/** Exact only under the layers' lock. */
export function readReferences(paths: Paths): References {
  const stacks: NamedStack[] = [];
  const unreadable: string[] = [];
  for (const { path, machine, find } of sources(paths)) {
    const layers = layersIn(path, find);
    if (layers === undefined) unreadable.push(path);
    else stacks.push({ path, machine, layers });
  }
  const begun = readIntents(paths).map((intent) => intentStack(paths, intent));
  return {
    stacks: [...begun.filter((stack) => typeof stack !== 'string'), ...stacks],
    unreadable: [
      ...damagedIntents(paths),
      ...begun.filter((path) => typeof path === 'string'),
      ...unreadable,
    ],
  };
}

interface Source {
  readonly path: string;
  readonly machine: string | undefined;
  /** Where in the file the layers are. */
  readonly find: (json: Json) => unknown;
}

type Json = { readonly [key: string]: Json } | undefined;

const inConfig = (json: Json) =>
  String(json?.['version']) === '1' ? json?.['storage']?.['layers'] : undefined;
const inSnapshot = (json: Json) => inConfig(json?.['config']);
const inImage = (json: Json) => json?.['layers'];

function* sources(paths: Paths): Generator<Source> {
  for (const name of readFolder(paths.stagings)) {
    const path = join(paths.staging(name), 'machine', CONFIG_FILE);
    if (existsSync(path)) yield { path, machine: undefined, find: inConfig };
  }
  for (const name of readNames(paths)) {
    yield* machineSources(paths.machine(name), name);
  }
  for (const { entry, kind } of readTrash(paths.trash)) {
    const folder = join(paths.trash, entry);
    if (kind === 'machine') yield* machineSources(folder, undefined);
    if (kind === 'snapshot')
      yield { path: join(folder, SNAPSHOT_FILE), machine: undefined, find: inSnapshot };
  }
  for (const file of readFolder(paths.images).filter((name) => name.endsWith('.json'))) {
    yield { path: join(paths.images, file), machine: undefined, find: inImage };
  }
}

function* machineSources(folder: string, machine: string | undefined): Generator<Source> {
  yield { path: join(folder, CONFIG_FILE), machine, find: inConfig };
  const snapshots = join(folder, 'snapshots');
  for (const name of readFolder(snapshots).filter(isSnapshotName)) {
    yield { path: join(snapshots, name, SNAPSHOT_FILE), machine, find: inSnapshot };
  }
}

function layersIn(path: string, find: (json: Json) => unknown): readonly string[] | undefined {
  try {
    const layers = find(JSON.parse(readFileSync(path, 'utf8')));
    return Array.isArray(layers) && layers.every((id) => typeof id === 'string') ? layers : undefined;
  } catch {
    return undefined;
  }
}

/** A layer that a command is just making, or that recovery needs; the path if what the disk kept of it does not tell. */
function intentStack(paths: Paths, intent: Intent): NamedStack | string {
  const path = join(paths.intents, `${intent.name}.json`);
  try {
    return { path, machine: undefined, layers: layersOf(intent) };
  } catch {
    return path;
  }
}

function layersOf(intent: Intent): readonly string[] {
  switch (intent.operation) {
    case 'snapshot':
      return [intent.layer, ...intent.record.config.storage.layers];
    case 'restore':
      return [intent.layer, ...intent.record.config.storage.layers, ...intent.config.storage.layers];
    case 'clone':
      return [intent.layer, ...(intent.sourceConfig?.storage.layers ?? [])];
    case 'import':
      return intent.layers;
    case 'revert':
      return layerIds(intent.from.layers);
    case 'merge':
      return [intent.upper, intent.lower];
    default:
      return [];
  }
}
