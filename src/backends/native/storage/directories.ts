/** Directories of the drivers' own. */
import { statSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storageError } from './storage-error.ts';

/**
 * Makes a directory with this mode, whatever the caller's umask; one that is there already is fine: an interrupted call left it.
 * @throws BackendError, also when something else is in the way
 */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
    });
    await chmod(path, mode);
  } catch (cause) {
    throw storageError('make', path, cause);
  }
}

/** The nearest directory that exists: a root folder is made with the first machine. */
export function existingAncestor(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return there || dirname(path) === path ? path : existingAncestor(dirname(path));
}
