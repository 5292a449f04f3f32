/**
 * One lock a name: flock on locks/NAME, so the kernel releases it whatever its holder dies of. The lock itself is taken by
 * the function passed in (Node has no flock); it belongs to the open file, which stays open in this process.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { isSystemError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';

/** Locks all descriptors or tells which one stayed busy for `waitMs`. */
export type LockFiles = (fds: number[], waitMs: number) => Promise<'locked' | { busy: number }>;

export interface HeldLocks {
  readonly names: readonly string[];
  /** They lie on a file system that became read-only. */
  readonly isReadOnly: boolean;
  /** Removes the lock's file, for a name that no longer is a machine. Who waits for it notices and takes a new one. */
  forget(name: string): void;
  release(): void;
}

const READ_WRITE_CREATE = constants.O_RDWR | constants.O_CREAT;

interface LockFile {
  readonly name: string;
  readonly path: string;
  readonly fd: number;
  readonly isReadOnly: boolean;
}

/**
 * Takes the locks of all names in one call, in sorted order, so that two commands never wait for each other. `writesNothing`: what is done
 * under them must be done on a file system that became read-only as well.
 */
export async function lockNames(
  directory: string,
  lock: LockFiles,
  names: readonly string[],
  waitMs: number,
  writesNothing = false,
): Promise<HeldLocks> {
  const sorted = [...new Set(names)].sort();
  for (;;) {
    const files = openAll(directory, sorted, writesNothing);
    try {
      const outcome = await lock(
        files.map((file) => file.fd),
        waitMs,
      );
      if (outcome !== 'locked') {
        throw busyError(files.find((file) => file.fd === outcome.busy) ?? files[0]);
      }
      if (files.every(isCurrent)) {
        files.forEach(noteHolder);
        return held(files);
      }
    } catch (error) {
      closeAll(files);
      throw error;
    }
    // The holder before us removed a file (destroy, rename): ours is a lock on nothing. Again.
    closeAll(files);
  }
}

function held(files: readonly LockFile[]): HeldLocks {
  return {
    names: files.map((file) => file.name),
    isReadOnly: files.some((file) => file.isReadOnly),
    forget: (name) => {
      const file = files.find((candidate) => candidate.name === name);
      if (file !== undefined) {
        removeFile(file.path);
      }
    },
    release: () => closeAll(files),
  };
}

function openAll(directory: string, names: readonly string[], writesNothing: boolean): readonly LockFile[] {
  const files: LockFile[] = [];
  try {
    for (const name of names) {
      const path = join(directory, name);
      files.push({ name, path, ...openLock(directory, path, writesNothing) });
    }
    return files;
  } catch (error) {
    closeAll(files);
    throw error;
  }
}

/** flock(2) takes a descriptor that only reads, and a machine that runs has its file from its start. */
function openLock(
  directory: string,
  path: string,
  writesNothing: boolean,
): Pick<LockFile, 'fd' | 'isReadOnly'> {
  try {
    return { fd: openOrCreate(directory, path), isReadOnly: false };
  } catch (error) {
    const isReadOnly = isSystemError(error) && error.code === 'EROFS';
    if (!writesNothing || !isReadOnly || !existsSync(path)) throw error;
    return { fd: openSync(path, constants.O_RDONLY), isReadOnly: true };
  }
}

function openOrCreate(directory: string, path: string): number {
  try {
    return openSync(path, READ_WRITE_CREATE, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw error;
    }
    makeDirectory(directory);
    return openSync(path, READ_WRITE_CREATE, 0o600);
  }
}

function closeAll(files: readonly LockFile[]): void {
  for (const file of files) {
    closeSync(file.fd);
  }
}

function isCurrent(file: LockFile): boolean {
  const named = statSync(file.path, { throwIfNoEntry: false });
  const open = fstatSync(file.fd);
  return named !== undefined && named.ino === open.ino && named.dev === open.dev;
}

/** One write of one length needs no truncation, which file systems take a millisecond for. */
const PID_WIDTH = 10;

/** Only for the words of `busy`; a full disk must not keep anybody from working. */
function noteHolder(file: LockFile): void {
  try {
    writeSync(file.fd, String(process.pid).padEnd(PID_WIDTH), 0);
  } catch {}
}

function busyError(file: LockFile | undefined): MachineError {
  const holder = file === undefined ? '' : readHolder(file.path);
  return new MachineError('busy', `another command is working on it${holder}`, {
    subject: file?.name,
    hint: 'wait until it is done and try again; `tsmachine kill NAME` ends a machine that does not stop',
  });
}

function readHolder(path: string): string {
  try {
    const pid = readFileSync(path, 'utf8').trim();
    return /^\d+$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}
