/**
 * This process's stdin, stdout and stderr, used synchronously. Not process.stdout: making that stream takes
 * several milliseconds of every start.
 */
import { fstatSync, readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Terminals } from '../presentation/output/output.ts';

export const processTerminals: Terminals = { write, isTerminal, readLine };

/** admin-guide/devices of the kernel. */
const MEMORY_DEVICES = 1;
const FIRST_PTY_SLAVE = 136;
const LAST_PTY_SLAVE = 143;

/** The stat is cheap, the module of isatty is not: the device's number answers for pipes, files, /dev/null and any pty. */
function isTerminal(fd: 0 | 1 | 2): boolean {
  try {
    const stat = fstatSync(fd);
    const major = (stat.rdev >> 8) & 0xfff;
    if (!stat.isCharacterDevice() || major === MEMORY_DEVICES) return false;
    return (major >= FIRST_PTY_SLAVE && major <= LAST_PTY_SLAVE) || isatty(fd);
  } catch {
    // Closed by the caller.
    return false;
  }
}

function write(fd: 1 | 2, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      endOrWait(error);
    }
  }
}

/** Byte by byte, so that nothing is taken that belongs to whoever reads next. */
function readLine(): string | undefined {
  const bytes: number[] = [];
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      if (readSync(0, byte) === 0) return undefined;
    } catch (error) {
      endOrWait(error);
      continue;
    }
    if (byte[0] === 0x0a) return Buffer.from(bytes).toString('utf8');
    bytes.push(byte[0] ?? 0);
  }
}

/** A reader that went away (head, for example) ends the process as SIGPIPE would; a full pipe set non-blocking is waited for. */
function endOrWait(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') process.exit(128 + 13);
  if (code !== 'EAGAIN') throw error;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
