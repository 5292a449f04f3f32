/** The folder where machines are kept: whether anything can be written there, and how much. */
import { accessSync, constants, statfsSync } from 'node:fs';
import type { Finding } from '../../backend.ts';
import { existingAncestor } from '../storage/directories.ts';
import type { Examination } from './context.ts';

const MIB = 2 ** 20;
/** With less, a change of a setting may fail. */
const LEAST_BYTES = 4 * MIB;

export interface FolderState {
  /** The name of the error with which the kernel refuses a write. */
  readonly refusal: string | undefined;
  readonly freeBytes: number;
  /** Undefined: the file system makes inodes as it needs them. */
  readonly freeInodes: number | undefined;
}

export function examineRootFolder({ root }: Examination): readonly Finding[] {
  // It is made with the first machine.
  const folder = existingAncestor(root);
  return [describeFolder(root, stateOf(folder))];
}

export function describeFolder(root: string, { refusal, freeBytes, freeInodes }: FolderState): Finding {
  const subject = 'root folder';
  if (refusal !== undefined) {
    const detail =
      refusal === 'EROFS'
        ? `${root} lies on a read-only file system`
        : `${root} cannot be written to: ${refusal}`;
    const fix = 'Make it writable (mount -o remount,rw), or choose another folder with --root.';
    return { subject, verdict: 'problem', detail, fix };
  }
  const free = freeInodes === 0 ? 'no inode is free' : `${freeWords(freeBytes)} free`;
  if (freeInodes === 0 || freeBytes < LEAST_BYTES) {
    const fix = 'Free some space there, for example with `tsmachine trash empty` or `tsmachine image prune`.';
    return { subject, verdict: 'problem', detail: `the disk of ${root} is full: ${free}`, fix };
  }
  return { subject, verdict: 'ok', detail: `${root}, ${free}` };
}

/** Never more than there is. */
function freeWords(bytes: number): string {
  if (bytes < 10 * 1024 * MIB) return `${Math.floor(bytes / MIB)} MiB`;
  return `${Math.floor(bytes / (1024 * MIB))} GiB`;
}

function stateOf(folder: string): FolderState {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  return {
    refusal: writeRefusal(folder),
    freeBytes: bavail * bsize,
    freeInodes: files === 0 ? undefined : ffree,
  };
}

function writeRefusal(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
