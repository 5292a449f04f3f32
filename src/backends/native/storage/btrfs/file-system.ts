/** Whether a path lies on btrfs, and is a subvolume: stat(2) and statfs(2) say so, no tool is needed. */
import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';

/** statfs(2). */
const BTRFS_SUPER_MAGIC = 0x9123683e;
/** The root directory of every subvolume: BTRFS_FIRST_FREE_OBJECTID. */
export const SUBVOLUME_INODE = 256;

export function isBtrfs(path: string): boolean {
  return statfsSync(path).type === BTRFS_SUPER_MAGIC;
}

export function isSubvolume(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status?.isDirectory() === true && status.ino === SUBVOLUME_INODE && isBtrfs(path);
}

/** Of a subvolume, as root: nothing else keeps root from writing. */
export function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EROFS') return true;
    throw error;
  }
}
