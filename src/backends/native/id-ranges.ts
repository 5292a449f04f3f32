/**
 * The registry of host id ranges: one file a range in ROOT/ids, named by its base, holding the name of its machine.
 * A range appears with its owner in it or not at all, and two machines never get the same one: link(2) is exclusive.
 */
import { readFileSync } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { syncDirectory } from '../../files/atomic-file.ts';
import { BackendError, type IdRange } from '../backend.ts';
import { storageError } from './storage/storage-error.ts';
import { candidateBases, RANGE_SIZE, type SubordinateIds, territory } from './subordinate-ids.ts';

/** A range whose machine is gone. */
export interface StaleRange {
  readonly range: IdRange;
  readonly name: string;
}

export interface IdRanges {
  /** @throws BackendError 'failed' when none is free */
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
  const told = async <T>(action: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw storageError(action, directory, cause);
    }
  };
  return {
    allocate: (name) => told('allocate an id range in', allocate(directory, name, readSubordinateIds())),
    release: (range, name) => told('release an id range in', release(directory, range, name)),
    rename: (range, name, newName) => told('rename an id range in', pass(directory, range, name, newName)),
    findStale: async (known) => {
      const ranges = await told('read', readAll(directory));
      return ranges.filter(({ name }) => !known.includes(name));
    },
    reclaim: async (stale) => {
      for (const { range, name } of stale) await told('reclaim', release(directory, range, name));
    },
  };
}

async function release(directory: string, range: IdRange, name: string): Promise<void> {
  const owner = await readOwner(directory, range.base);
  if (owner === undefined) return;
  requireOwner(range, owner, [name]);
  await rm(`${directory}/${range.base}`, { force: true });
  syncDirectory(directory);
}

async function pass(directory: string, range: IdRange, name: string, newName: string): Promise<void> {
  requireOwner(range, await readOwner(directory, range.base), [name, newName]);
  await withOwnerFile(directory, newName, (file) => rename(file, `${directory}/${range.base}`));
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

async function allocate(directory: string, name: string, files: SubordinateIds): Promise<IdRange> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const taken = new Set(await readdir(directory));
  const land = territory(files);
  return await withOwnerFile(directory, name, async (file) => {
    for (const base of candidateBases(land)) {
      if (taken.has(String(base))) continue;
      if (!(await claim(file, `${directory}/${base}`))) continue;
      syncDirectory(directory);
      return { base, count: RANGE_SIZE };
    }
    throw new BackendError('failed', `no range of ${RANGE_SIZE} host ids is free for ${name}`, {
      path: directory,
      hint: land.configured
        ? 'Make the entry of tsmachine or root in /etc/subuid and /etc/subgid larger, or destroy machines.'
        : 'Destroy machines that are no longer needed, and run `tsmachine doctor` for stale ranges.',
    });
  });
}

/** False when another command was faster. */
async function claim(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * A complete file with the owner's name, to be linked or renamed into place. Who works on a machine holds its lock: what a command
 * that died left is taken over by the next one.
 */
async function withOwnerFile<T>(
  directory: string,
  name: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const file = `${directory}/.${name}`;
  try {
    await rm(file, { force: true });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(name);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

async function readAll(directory: string): Promise<readonly StaleRange[]> {
  const bases = (await readdir(directory).catch(emptyIfMissing)).filter((name) => /^\d+$/.test(name));
  const ranges = await Promise.all(
    bases.map(async (base) => ({ base: Number(base), name: await readOwner(directory, Number(base)) })),
  );
  return ranges
    .filter((range): range is { base: number; name: string } => range.name !== undefined)
    .map(({ base, name }) => ({ range: { base, count: RANGE_SIZE }, name }));
}

function emptyIfMissing(error: unknown): string[] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}

async function readOwner(directory: string, base: number): Promise<string | undefined> {
  try {
    return await readFile(`${directory}/${base}`, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
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
