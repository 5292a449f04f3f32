/**
 * Files that are whole or absent, whatever dies when. The temporary name is fixed, because writers hold the lock of
 * what they write: so a writer's death leaves at most one stray file, which the next write takes over.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Writes by temporary file, fsync, rename, fsync of the directory. Throws the system's error; the old file stays. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  replaceFile(path, content, fsyncSync);
  syncDirectory(dirname(path));
}

/**
 * The same without waiting for the disk, for what can be made again: no other process ever sees a part of it, but after a
 * power cut the file may be the old one, empty or absent.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  replaceFile(path, content, () => {});
}

/** Makes `copy` a second name of the file that `path` is now; an older copy is replaced, never missing. */
export function keepCopy(path: string, copy: string): void {
  const temporary = `${copy}.new`;
  rmSync(temporary, { force: true });
  linkSync(path, temporary);
  renameSync(temporary, copy);
}

/** A rename is on disk only after the directory is. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Renames and makes it last: both parents are synced. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
  if (dirname(from) !== dirname(to)) {
    syncDirectory(dirname(from));
  }
}

/** Makes a folder and its parents for us alone. */
export function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

function replaceFile(path: string, content: string | Uint8Array, settle: (fd: number) => void): void {
  const temporary = `${path}.new`;
  try {
    writeFile(temporary, 'w', content, settle);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A new file, synced; its name is only after its directory is. Throws EEXIST. */
export function writeSynced(path: string, content: string | Uint8Array): void {
  writeFile(path, 'wx', content, fsyncSync);
}

function writeFile(
  path: string,
  flags: 'w' | 'wx',
  content: string | Uint8Array,
  settle: (fd: number) => void,
): void {
  const fd = openSync(path, flags, 0o600);
  try {
    writeFileSync(fd, content);
    settle(fd);
  } finally {
    closeSync(fd);
  }
}
