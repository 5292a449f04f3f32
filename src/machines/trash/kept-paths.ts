/** What paths were before a revert, in the trash: about it in paths.json, the paths themselves below root, whole, as the machine showed them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { FileState } from '../../backends/storage.ts';
import { makeDirectory, writeAtomically } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { MachineError } from '../errors.ts';
import { parseStored } from '../store/stored-json.ts';

const KEPT_PATHS_FILE = 'paths.json';
const VERSION = 1;

const pathsAlone = {
  version: v.literal(VERSION),
  /** Absolute, none below another. One that is not below root was not there. */
  paths: v.pipe(v.array(v.pipe(v.string(), v.startsWith('/'))), v.minLength(1)),
};

/** In an image of a manager: whose they are is a fact of the image. */
const pathsAloneSchema = v.strictObject(pathsAlone);

const keptPathsSchema = v.strictObject({
  ...pathsAlone,
  /** Whose they are. */
  machineId: v.string(),
  idBase: v.number(),
});

export type KeptPaths = v.InferOutput<typeof keptPathsSchema>;
export type PathsAlone = v.InferOutput<typeof pathsAloneSchema>;

export function keptPathsOf({ machineId, idRange }: MachineConfig, paths: readonly string[]): KeptPaths {
  return { version: VERSION, paths: [...paths], machineId, idBase: idRange.base };
}

export function pathsAloneOf(paths: readonly string[]): PathsAlone {
  return { version: VERSION, paths: [...paths] };
}

export function saveKeptPaths(directory: string, kept: KeptPaths | PathsAlone): void {
  makeDirectory(directory);
  writeAtomically(join(directory, KEPT_PATHS_FILE), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Throws `invalid-config`. */
export function readKeptPaths(directory: string, entry: string): KeptPaths {
  return readWhole(directory, entry, keptPathsSchema);
}

/** Throws `invalid-config`. */
export function readPathsAlone(directory: string, entry: string): PathsAlone {
  return readWhole(directory, entry, pathsAloneSchema);
}

function readWhole<S extends typeof keptPathsSchema | typeof pathsAloneSchema>(
  directory: string,
  entry: string,
  schema: S,
): v.InferOutput<S> {
  const path = join(directory, KEPT_PATHS_FILE);
  const stored = parseStored(readText(path), schema, VERSION);
  if (stored.fault === undefined) return stored.value;
  throw new MachineError('invalid-config', `${path}: ${stored.fault}`, {
    subject: entry,
    path,
    hint: `remove it for good: tsmachine trash empty ${entry}; \`undo\` then says so`,
    cause: stored.cause,
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function treeOfKept(directory: string): string {
  return join(directory, 'root');
}

/** They need no layers of anybody. */
export function stateOfKept(directory: string): FileState {
  return { driver: 'dir', layers: [], tree: treeOfKept(directory) };
}
