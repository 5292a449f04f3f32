/**
 * ROOT/reserve: a file that only takes space, and is given back to who deletes on a full disk. Deleting needs some blocks first: a
 * note of what is about to be done, the folder of the trash, a new name in a directory.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, statfsSync, writeSync } from 'node:fs';
import { removeFile } from '../../files/remove-file.ts';
import type { Paths } from './paths.ts';

const RESERVE_BYTES = 2 ** 20;
/** With less than this free, nobody waits for the first error. */
const LOW_BYTES = 4 * RESERVE_BYTES;
const PIECE_BYTES = 2 ** 16;

/** How many works in this process may need what was given back, by the file. */
const users = new Map<string, number>();

/** The reserve is given back if the disk is nearly full, and taken again, as far as there is room, after the last of several. */
export async function withReserve<T>(paths: Paths, work: () => Promise<T>): Promise<T> {
  const file = paths.reserve;
  users.set(file, (users.get(file) ?? 0) + 1);
  if (isNearlyFull(paths)) removeFile(file);
  try {
    return await work();
  } finally {
    const left = (users.get(file) ?? 1) - 1;
    users.set(file, left);
    if (left === 0) takeReserve(paths);
  }
}

/** What there is no room for is no failure: the rest is taken another time. */
export function takeReserve({ reserve }: Paths): void {
  try {
    const descriptor = openSync(reserve, 'a', 0o600);
    try {
      fill(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {}
}

/** By what no file system makes smaller. */
function fill(descriptor: number): void {
  for (let { size } = fstatSync(descriptor); size < RESERVE_BYTES; ) {
    size += writeSync(descriptor, randomBytes(Math.min(PIECE_BYTES, RESERVE_BYTES - size)));
  }
}

function isNearlyFull({ root }: Paths): boolean {
  try {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize < LOW_BYTES;
  } catch {
    return false;
  }
}
