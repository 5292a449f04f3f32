/**
 * Files that are whole or absent, whatever dies when. The temporary name is fixed, because writers hold the lock of
 * what they write: so a writer's death leaves at most one stray file, which the next write takes over.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { removeFile } from './remove-file.ts';

const OURS_ALONE = 0o600;

/** A stray file is taken over; a link is never followed. */
const REPLACE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Writes by temporary file, fsync, rename, fsync of the directory. Throws the system's error; the old file stays. */
export function writeAtomically(path: string, content: string | Uint8Array, mode = OURS_ALONE): void {
  replaceFile(path, content, fsyncSync, mode);
  syncDirectory(dirname(path));
}

/**
 * The same without waiting for the disk, for what can be made again: no other process ever sees a part of it, but after a
 * power cut the file may be the old one, empty or absent.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  replaceFile(path, content, () => {}, OURS_ALONE);
}

/** Makes `copy` a second name of the file that `path` is now; an older copy is replaced, never missing. */
export function keepCopy(path: string, copy: string): void {
  const temporary = `${copy}.new`;
  removeFile(temporary);
  linkSync(path, temporary);
  renameSync(temporary, copy);
}

/** A rename is on disk only after the directory is. */
export function syncDirectory(path: string): void {
  sync(path);
}

/** What is in it is on disk then; its name is after its directory is. */
export function syncFile(path: string): void {
  sync(path);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Renames and makes it last in its new folder. That the old name is gone is on disk when the folder that it was in is. */
export function moveOut(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
}

/** Renames and makes it last: both parents are synced. */
export function renameDurably(from: string, to: string): void {
  moveOut(from, to);
  if (dirname(from) !== dirname(to)) {
    syncDirectory(dirname(from));
  }
}

/** Makes a folder and its parents for us alone. */
export function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

function replaceFile(
  path: string,
  content: string | Uint8Array,
  settle: (fd: number) => void,
  mode: number,
): void {
  const temporary = `${path}.new`;
  try {
    writeFile(temporary, REPLACE, content, settle, mode);
    renameSync(temporary, path);
  } catch (error) {
    removeFile(temporary);
    throw error;
  }
}

function writeFile(
  path: string,
  flags: number,
  content: string | Uint8Array,
  settle: (fd: number) => void,
  mode: number,
): void {
  const fd = openSync(path, flags, mode);
  try {
    // Neither the umask nor a stray file decides.
    if (mode !== OURS_ALONE) fchmodSync(fd, mode);
    writeFileSync(fd, content);
    settle(fd);
  } catch (error) {
    throw withPath(error, path);
  } finally {
    closeSync(fd);
  }
}

/** What the kernel says of a descriptor does not tell which file it was. */
function withPath(error: unknown, path: string): unknown {
  return error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error;
}
