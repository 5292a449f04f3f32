/**
 * Files that are whole or absent, whatever dies when. The temporary name is fixed, because writers hold the lock of
 * what they write: so a writer's death leaves at most one stray file, which the next write takes over. (The
 * write-file-atomic package draws new names, leaves one behind a death, does not sync the directory, and its
 * signal-exit would take Ctrl-C away from the undo stack.)
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
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.new`;
  try {
    writeSynced(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
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

function writeSynced(path: string, text: string): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
