/** Fills a disk by one file. */
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import type { Disk } from '../storage/disk.ts';

const fillerOf = ({ folder }: Disk) => `${folder}/filler`;

export function makeRoomOn(disk: Disk): void {
  rmSync(fillerOf(disk), { force: true });
}

/** Leaves so many bytes; with 0 not even a block. */
export function fillDisk(disk: Disk, left: number): void {
  // Root may take what is reserved, too.
  const { bfree, bsize } = statfsSync(disk.folder);
  const descriptor = openSync(fillerOf(disk), 'a');
  try {
    const bytes = left === 0 ? Number.POSITIVE_INFINITY : bfree * bsize - left;
    for (let written = 0, piece = 2 ** 20; written < bytes && piece >= bsize; ) {
      try {
        written += writeSync(descriptor, Buffer.alloc(Math.min(piece, bytes - written), 'x'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        piece /= 2;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
