/**
 * The registry of host id ranges: one symbolic link a range in ROOT/ids, named by its base, to the name of its machine, which leads nowhere.
 * A range appears with its owner in it or not at all, power cut or not, and two machines never get the same one: symlink(2) is exclusive.
 * A file with the name in it, as earlier versions made them, says the same.
 */
import { readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { makeDirectory, syncDirectory } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { BackendError, type IdRange } from '../backend.ts';
import { storageError } from './storage/storage-error.ts';
import { candidateBases, RANGE_SIZE, type SubordinateIds, territory } from './subordinate-ids.ts';

/** A range whose machine is gone. */
export interface StaleRange {
  readonly range: IdRange;
  readonly name: string;
}

export interface IdRanges {
  /**
   * Kept over a power cut once the file system was synced, which whoever makes a machine does before it appears.
   * @throws BackendError 'failed' when none is free
   */
  allocate(name: string): Promise<IdRange>;
  /** Releasing what is released already is fine. @throws BackendError 'failed' for another machine's range */
  release(range: IdRange, name: string): Promise<void>;
  /** Renaming what is renamed already is fine. @throws BackendError 'failed' for another machine's range */
  rename(range: IdRange, name: string, newName: string): Promise<void>;
  /** Ranges of machines that are not among `known`. A machine that is being created is known to nobody yet. */
  findStale(known: readonly string[]): Promise<readonly StaleRange[]>;
  /** Frees stale ranges, for doctor alone: no other command may conclude that a machine is gone. */
  reclaim(stale: readonly StaleRange[]): Promise<void>;
}

/**
 * @param root the folder of all state; the registry is its `ids`
 * @param readSubordinateIds what /etc/subuid and /etc/subgid say
 */
export function openIdRanges(
  root: string,
  readSubordinateIds: () => SubordinateIds = readHostFiles,
): IdRanges {
  const directory = `${root}/ids`;
  const told = async <T>(action: string, work: () => T): Promise<T> => {
    try {
      return work();
    } catch (cause) {
      throw storageError(action, directory, cause);
    }
  };
  return {
    allocate: (name) =>
      told('allocate an id range in', () => allocate(directory, name, readSubordinateIds())),
    release: (range, name) => told('release an id range in', () => release(directory, range, name)),
    rename: (range, name, newName) =>
      told('rename an id range in', () => pass(directory, range, name, newName)),
    findStale: async (known) => {
      const ranges = await told('read', () => readAll(directory));
      return ranges.filter(({ name }) => !known.includes(name));
    },
    reclaim: async (stale) => {
      for (const { range, name } of stale) await told('reclaim', () => release(directory, range, name));
    },
  };
}

function release(directory: string, range: IdRange, name: string): void {
  const owner = readOwner(directory, range.base);
  if (owner === undefined) return;
  requireOwner(range, owner, [name]);
  removeFile(`${directory}/${range.base}`);
  syncDirectory(directory);
}

/** Who works on a machine holds its lock: what a command that died left is taken over by the next one. */
function pass(directory: string, range: IdRange, name: string, newName: string): void {
  requireOwner(range, readOwner(directory, range.base), [name, newName]);
  const link = `${directory}/.${newName}`;
  removeFile(link);
  symlinkSync(newName, link);
  renameSync(link, `${directory}/${range.base}`);
  syncDirectory(directory);
}

function readHostFiles(): SubordinateIds {
  return { subuid: readIfThere('/etc/subuid'), subgid: readIfThere('/etc/subgid') };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  }
}

function allocate(directory: string, name: string, files: SubordinateIds): IdRange {
  makeDirectory(directory);
  const taken = new Set(readdirSync(directory));
  const land = territory(files);
  for (const base of candidateBases(land)) {
    if (!taken.has(String(base)) && claim(`${directory}/${base}`, name)) return { base, count: RANGE_SIZE };
  }
  throw new BackendError('failed', `no range of ${RANGE_SIZE} host ids is free for ${name}`, {
    path: directory,
    hint: land.configured
      ? 'Make the entry of tsmachine or root in /etc/subuid and /etc/subgid larger, or destroy machines.'
      : 'Destroy machines that are no longer needed, and run `tsmachine doctor` for stale ranges.',
  });
}

/** False when another command was faster. */
function claim(path: string, name: string): boolean {
  try {
    symlinkSync(name, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function readAll(directory: string): readonly StaleRange[] {
  return namesIn(directory)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((base) => {
      const name = readOwner(directory, Number(base));
      return name === undefined ? [] : [{ range: { base: Number(base), count: RANGE_SIZE }, name }];
    });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function readOwner(directory: string, base: number): string | undefined {
  const path = `${directory}/${base}`;
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (isErrno(error, 'EINVAL')) return readFileSync(path, 'utf8');
    throw error;
  }
}

function requireOwner(range: IdRange, owner: string | undefined, names: readonly string[]): void {
  if (owner !== undefined && names.includes(owner)) return;
  throw new BackendError(
    'failed',
    `the id range ${range.base} is not ${names[0]}'s but ${owner ?? "nobody's"}`,
    {
      hint: 'Run `tsmachine doctor`: two machines may share a range, or a file in ids was removed by hand.',
    },
  );
}

function isErrno(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
