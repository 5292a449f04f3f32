/**
 * The part of the seam that brings files in and out of machines, and host directories into running ones. A machine is hostile: whatever
 * its files and links are, and however it exchanges them meanwhile, no path of it leads out of its root. This file imports types of the seam only.
 */
import type { BindMount, MachineHandle } from './machine-spec.ts';
import type { StorageWork } from './storage.ts';

export interface TransferRequest {
  /**
   * Absolute. What is named is copied with its own name, symbolic links as such; one that ends in `/.` is a directory of which all that is
   * in it is copied. Of a push also `-` alone: standard input.
   */
  readonly sources: readonly string[];
  /** Absolute. A directory that is there takes the sources in, else it is the name that the one source gets. Of a pull also `-`: standard output. */
  readonly target: string;
  /** The target must be a directory. */
  readonly into: boolean;
  /** Directories that are missing on the way to the target are made (in the machine; the host's are the domain's). */
  readonly parents: boolean;
  /** Whose the copies are, by numbers of the side where they come to be; `keep`: the same numbers, with access control lists. */
  readonly owner: 'keep' | { readonly uid: number; readonly gid: number };
  /** Set-id bits, where the owner stays the same, and file capabilities are kept. */
  readonly setId: boolean;
}

/** What was not copied: `device`, `socket` and `fifo`; `kernel`: a file system like /proc below a source; `changed` or gone meanwhile. */
export interface SkippedFile {
  readonly why: 'device' | 'socket' | 'fifo' | 'kernel' | 'changed';
  /** On the side that was read. */
  readonly path: string;
}

export interface TransferResult {
  /** All but directories. */
  readonly files: number;
  /** Read and written: holes are not. */
  readonly bytes: number;
  /** The first of them. */
  readonly skipped: readonly SkippedFile[];
  readonly skippedCount: number;
}

/** Told as it goes on; also the last figures of one that failed. */
export interface TransferWork extends StorageWork {
  readonly counted?: (done: Pick<TransferResult, 'files' | 'bytes'>) => void;
}

/** A process that uses a mount. */
export interface MountUser {
  readonly pid: number;
  readonly name: string;
}

export interface BackendFiles {
  /**
   * Copies from the host into a machine, running, frozen or stopped; of one that is stopped the caller holds the lock. Each file
   * that is replaced is so at once; directories that are there stay what they are. Aborting, and a failure, leave what is whole and
   * nothing half made. A machine that is only being made, and has its storage, counts as one that is stopped.
   * @throws BackendError 'busy' while it comes up or goes down, 'not-running' when it ends meanwhile, 'failed', 'permission'
   */
  push(machine: MachineHandle, request: TransferRequest, work: TransferWork): Promise<TransferResult>;
  /** The other way round. */
  pull(machine: MachineHandle, request: TransferRequest, work: TransferWork): Promise<TransferResult>;
  /** Mounts a bind into a machine that runs, just as its start does it. @throws BackendError 'not-running', 'failed', 'unsupported' */
  bind(machine: MachineHandle, bind: BindMount): Promise<void>;
  /** Takes the mount at a path of a machine that runs away, at once. False: there is none. */
  unbind(machine: MachineHandle, path: string): Promise<boolean>;
  /** Processes of the machine that have something in the mount at a path open, or stand in it. */
  usersOf(machine: MachineHandle, path: string): Promise<readonly MountUser[]>;
}
