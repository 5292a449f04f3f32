/** Whether a directory is a root file system at a glance. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/** What every root file system has one of. */
const SIGNS = ['usr', 'bin', 'sbin', 'etc'];

export function looksLikeRoot(directory: string): boolean {
  return SIGNS.some((name) => lstatSync(join(directory, name), { throwIfNoEntry: false }) !== undefined);
}
