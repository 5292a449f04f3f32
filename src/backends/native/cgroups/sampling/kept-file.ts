/** A kernel file that stays open and is read again from its beginning, with one system call, into one buffer for all. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export interface KeptFile {
  /** Bytes if it is no text that Node could give back to the kernel as it was. */
  readonly path: string | Buffer;
  /** Undefined: not opened yet, or one too many to stay open. */
  fd: number | undefined;
  /** True: opened anew each time, since what is open keeps something alive. */
  readonly brief?: true;
  /** What is read behind it; undefined when it turned out not to be there. */
  beside?: KeptFile | undefined;
}

/** What all files of a sampler share. */
export interface Reading {
  /** Longer than any file that is sampled; of a longer one the rest is not seen. */
  readonly buffer: Buffer;
  /** How many more files may stay open. */
  spare: number;
}

/** For what else this process opens. */
const RESERVED = 256;
/** What a process has without being asked: setrlimit(2). */
const SMALLEST_LIMIT = 1024;
const BUFFER_BYTES = 65_536;

/** @param again whether files are read more than once: for one time it costs less to close each at once than to keep thousands open */
export function createReading(procRoot = '/proc', again = true): Reading {
  const spare = again ? openFilesLimit(procRoot) - RESERVED : 0;
  return { buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES), spare };
}

/** Node has raised the soft limit to the hard one at its start. */
function openFilesLimit(procRoot: string): number {
  try {
    const limits = readFileSync(`${procRoot}/self/limits`, 'latin1');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? SMALLEST_LIMIT);
  } catch {
    return SMALLEST_LIMIT;
  }
}

/** How many bytes are in the buffer now; -1 if the file is not there, or its group has gone. */
export function readKept(file: KeptFile, reading: Reading): number {
  const length = readBehind(file, reading, 0);
  if (length < 0 || file.beside === undefined) return length;
  const more = readBehind(file.beside, reading, length);
  if (more < 0) file.beside = undefined;
  return length + Math.max(0, more);
}

/** @param from where in the buffer it goes */
function readBehind(file: KeptFile, reading: Reading, from: number): number {
  const fd = file.fd ?? open(file.path);
  if (fd === undefined) return -1;
  let length = -1;
  try {
    length = readSync(fd, reading.buffer, from, reading.buffer.length - from, 0);
  } catch {
    // ENODEV: the group was removed. EOPNOTSUPP: the kernel was booted without it.
  }
  if (length >= 0 && file.fd === undefined && reading.spare > 0 && file.brief !== true) {
    file.fd = fd;
    reading.spare -= 1;
  } else if (length < 0 || file.fd === undefined) {
    release(file, fd, reading);
  }
  return length;
}

export function closeKept(file: KeptFile, reading: Reading): void {
  if (file.fd !== undefined) release(file, file.fd, reading);
  if (file.beside !== undefined) closeKept(file.beside, reading);
}

function release(file: KeptFile, fd: number, reading: Reading): void {
  if (file.fd !== undefined) reading.spare += 1;
  file.fd = undefined;
  closeSync(fd);
}

function open(path: string | Buffer): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
