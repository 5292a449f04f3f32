/** Archives as files: their names, and how one appears whole or not at all. */
import { closeSync, existsSync, fstatSync, fsync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type ArchiveInput, type Compression, type StorageWork, syncing } from '../../backends/storage.ts';
import { renameDurably } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { isSystemError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { ExportRequest } from '../machines.ts';

/** While it waits for the disk, others go on: a large archive takes a while. */
const toDisk = promisify(fsync);

const endings: readonly (readonly [string, Compression])[] = [
  ['.tar.zst', 'zstd'],
  ['.tar.xz', 'xz'],
  ['.tar.gz', 'gzip'],
  ['.tgz', 'gzip'],
  ['.tar', 'none'],
];

/** By the name of the file. Throws `usage`. */
export function compressionOf(path: string): Compression {
  const found = endings.find(([ending]) => path.endsWith(ending));
  if (found !== undefined) return found[1];
  throw new MachineError('usage', `how "${path}" is to be compressed does not follow from its name`, {
    subject: path,
    hint: `its name must end in ${endings.map(([ending]) => ending).join(', ')}`,
  });
}

/** Where an archive goes: undefined is standard output. Throws `usage`, and `exists` for a file that must not be replaced. */
export function destinationOf({ target, compression, force }: ExportRequest): {
  readonly path: string | undefined;
  readonly compression: Compression;
} {
  const path = target === 'stdout' ? undefined : resolve(target.path);
  const chosen = compression ?? (path === undefined ? 'zstd' : compressionOf(path));
  if (path !== undefined && !force) refuseExisting(path);
  return { path, compression: chosen };
}

/** Where it lies until it is whole: what is left of it after a crash is known by its name. */
export function partOf(path: string): string {
  return `${path}.part`;
}

/** Throws `busy`. To be asked before the export is noted: what recovery finds there it takes for ours. */
export function refusePart(path: string): void {
  if (existsSync(partOf(path))) throw foreignPart(partOf(path));
}

function foreignPart(part: string): MachineError {
  return new MachineError('busy', `there is a file ${part}: another export may be writing it`, {
    subject: part,
    hint: 'wait for that one; if there is none, remove the file',
  });
}

/** Throws `exists`. */
export function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  throw new MachineError('exists', `there is a file ${path} already`, {
    subject: path,
    hint: 'choose another name, or --force to replace it',
  });
}

/** Throws `busy` if another export was faster. */
export async function writePart(
  part: string,
  write: (descriptor: number) => Promise<void>,
  { progress }: Pick<StorageWork, 'progress'>,
): Promise<void> {
  const descriptor = makePart(part);
  try {
    await write(descriptor);
    progress(syncing);
    await toDisk(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** For us alone: a machine's secrets are in it. */
function makePart(part: string): number {
  try {
    return openSync(part, 'wx', 0o600);
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') throw foreignPart(part);
    if (isSystemError(error) && error.code === 'ENOENT') throw notThere(`no folder ${dirname(part)}`, error);
    throw error;
  }
}

function notThere(what: string, { syscall, code, path }: NodeJS.ErrnoException): MachineError {
  return new MachineError('failed', `there is ${what}`, {
    syscall,
    errno: code,
    path,
    hint: 'a relative path begins in the folder where you are; `ls` shows what is there',
  });
}

export function publish(path: string): void {
  renameDurably(partOf(path), path);
}

export function removePart(part: string): void {
  removeFile(part);
}

export async function readArchive<T>(path: string, read: (input: ArchiveInput) => Promise<T>): Promise<T> {
  const descriptor = openToRead(path);
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) {
      throw new MachineError('failed', `${path} is a directory, no archive`, { subject: path });
    }
    return await read({ descriptor, bytes: status.isFile() ? status.size : undefined });
  } finally {
    closeSync(descriptor);
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw isSystemError(error) && error.code === 'ENOENT' ? notThere(`no file "${path}"`, error) : error;
  }
}
