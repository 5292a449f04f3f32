/** Machines on disk: machines/NAME/config.json. Reading needs no lock, because every write is a rename. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepCopy, makeDirectory, writeAtomically, writeWhole } from '../../files/atomic-file.ts';
import { formatConfig, parseConfig } from '../config/config-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import { MachineError } from '../errors.ts';
import { checkMachineName, isMachineName } from '../names/machine-names.ts';
import { nearest } from '../names/nearest.ts';
import { CONFIG_FILE, type Paths, PREVIOUS_CONFIG_FILE } from './paths.ts';

/** All names, sorted: one readdir, nothing is opened. */
export function readNames(paths: Paths): readonly string[] {
  return readFolder(paths.machines).filter(isMachineName).sort();
}

/** The names in a folder, none if there is no folder yet. */
export function readFolder(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
}

/** Throws `usage`, `no-such-machine` (with the nearest name) or `invalid-config`. */
export function loadMachine(paths: Paths, name: string): StoredMachine {
  checkMachineName(name);
  const directory = paths.machine(name);
  return storedMachine(name, readConfigIn(directory, name, paths), paths);
}

export function machineExists(paths: Paths, name: string): boolean {
  return existsSync(paths.machine(name));
}

/** The config of a machine that may lie elsewhere than in machines/ (staged, in the trash). */
export function readConfigIn(directory: string, name: string, paths: Paths): MachineConfig {
  const text = readConfigText(directory, name, paths);
  return parseConfig(text, {
    name,
    path: `${directory}/${CONFIG_FILE}`,
    // Looked for only when an error is told: a list reads hundreds of configs.
    get previous() {
      const previous = join(directory, PREVIOUS_CONFIG_FILE);
      return existsSync(previous) ? previous : undefined;
    },
  });
}

/** As it is, and empty if the file is missing from an existing folder. Throws `no-such-machine`. */
export function readConfigText(directory: string, name: string, paths: Paths): string {
  try {
    return readFileSync(`${directory}/${CONFIG_FILE}`, 'utf8');
  } catch (error) {
    if (!isMissing(error)) {
      throw error;
    }
    if (!existsSync(directory)) {
      throw noSuchMachine(paths, name);
    }
    return '';
  }
}

/** The caller holds the machine's lock. The version that was is kept beside it. */
export function saveConfig(directory: string, config: MachineConfig): void {
  const path = join(directory, CONFIG_FILE);
  makeDirectory(directory);
  if (existsSync(path)) {
    keepCopy(path, join(directory, PREVIOUS_CONFIG_FILE));
  }
  writeAtomically(path, formatConfig(config));
}

/** Of a machine that is staged: on disk once all of it is synced. */
export function stageConfig(directory: string, config: MachineConfig): void {
  makeDirectory(directory);
  writeWhole(join(directory, CONFIG_FILE), formatConfig(config));
}

/**
 * As saveConfig, when the machine's files lie elsewhere from now on: the version before would lead a person who goes back to it to
 * files of an earlier time, or to none. So the copy is of this one.
 */
export function saveMovedConfig(directory: string, config: MachineConfig): void {
  const text = formatConfig(config);
  writeAtomically(join(directory, CONFIG_FILE), text);
  writeWhole(join(directory, PREVIOUS_CONFIG_FILE), text);
}

export function noSuchMachine(paths: Paths, name: string): MachineError {
  const meant = nearest(name, readNames(paths));
  return new MachineError('no-such-machine', `there is no machine "${name}"`, {
    subject: name,
    hint: meant === undefined ? 'see `tsmachine list`' : `did you mean "${meant}"? See \`tsmachine list\``,
  });
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
