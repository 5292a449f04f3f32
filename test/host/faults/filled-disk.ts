/** Fills a disk by one file. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Disk } from '../storage/disk.ts';

const fillerOf = ({ folder }: Disk) => `${folder}/filler`;

export function makeRoomOn(disk: Disk): void {
  rmSync(fillerOf(disk), { force: true });
}

/** Leaves so many bytes; with 0 not even a block. To the brim first: what a file system keeps back for itself cannot be told before. */
export function fillDisk(disk: Disk, left: number): void {
  const descriptor = openSync(fillerOf(disk), 'a');
  try {
    for (let piece = 2 ** 20; piece >= 512; ) {
      try {
        writeSync(descriptor, Buffer.alloc(piece, 'x'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        piece /= 2;
      }
    }
    fsyncSync(descriptor);
    if (left > 0) ftruncateSync(descriptor, fstatSync(descriptor).size - left);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
