/** What paths were before a revert, in the trash: about it in paths.json, the paths themselves below root, whole, as the machine showed them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { FileState } from '../../backends/storage.ts';
import { makeDirectory, writeAtomically } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config-schema.ts';
import { MachineError } from '../errors.ts';
import { parseStored } from '../stored-json.ts';

const KEPT_PATHS_FILE = 'paths.json';
const VERSION = 1;

const keptPathsSchema = v.strictObject({
  version: v.literal(VERSION),
  /** Absolute, none below another. One that is not below root was not there. */
  paths: v.pipe(v.array(v.pipe(v.string(), v.startsWith('/'))), v.minLength(1)),
  /** Whose they are. */
  machineId: v.string(),
  idBase: v.number(),
});

export type KeptPaths = v.InferOutput<typeof keptPathsSchema>;

export function keptPathsOf({ machineId, idRange }: MachineConfig, paths: readonly string[]): KeptPaths {
  return { version: VERSION, paths: [...paths], machineId, idBase: idRange.base };
}

export function saveKeptPaths(directory: string, kept: KeptPaths): void {
  makeDirectory(directory);
  writeAtomically(join(directory, KEPT_PATHS_FILE), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Throws `invalid-config`. */
export function readKeptPaths(directory: string, entry: string): KeptPaths {
  const path = join(directory, KEPT_PATHS_FILE);
  const stored = parseStored(readText(path), keptPathsSchema, VERSION);
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
