/** Directories of the drivers' own. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { storageError } from './storage-error.ts';

/**
 * Makes a directory with this mode, whatever the caller's umask; one that is there already is fine: an interrupted call left it.
 * @throws BackendError, also when something else is in the way
 */
export function makeDirectory(path: string, mode: number): void {
  try {
    makeIfMissing(path);
    chmodSync(path, mode);
  } catch (cause) {
    throw storageError('make', path, cause);
  }
}

function makeIfMissing(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
  }
}

/** The nearest directory that exists: a root folder is made with the first machine. */
export function existingAncestor(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return there || dirname(path) === path ? path : existingAncestor(dirname(path));
}
