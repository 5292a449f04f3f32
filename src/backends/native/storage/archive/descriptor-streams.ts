/** Streams on a descriptor that stays open, whatever becomes of the stream: `autoClose` alone does not keep a destroyed one from closing it. */
import { createReadStream, createWriteStream, open, read, type WriteStream, write, writev } from 'node:fs';
import type { Readable } from 'node:stream';

type Closed = (error?: NodeJS.ErrnoException | null) => void;

const close = (_descriptor: number, closed?: Closed): void => closed?.(null);

/** Standard input may be a pipe that says nothing for long: only as process.stdin can it be left while it is waited for. */
export function readerOf(fd: number): Readable {
  if (fd === 0) return process.stdin;
  return createReadStream('', { fd, autoClose: false, fs: { open, read, close } });
}

export function writerOf(fd: number): WriteStream {
  return createWriteStream('', { fd, autoClose: false, fs: { open, write, writev, close } });
}
