/** The bounded console log as bytes in order (docs/launch-plan.md, "The ring log"). */
import { closeSync, openSync, readSync } from 'node:fs';

const HEADER_BYTES = 64;
const MAGIC = 'TSMRING1';

export interface RingContent {
  /** Where in the whole stream the bytes begin; greater than what was asked for if older ones are overwritten. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** All bytes from `from` on that are still kept; undefined without a log. */
export function readRing(path: string, from = 0): RingContent | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return readFrom(fd, from);
  } finally {
    closeSync(fd);
  }
}

function readFrom(fd: number, from: number): RingContent | undefined {
  const before = readHeader(fd);
  if (before === undefined) return undefined;
  const { capacity, total } = before;
  // A ring that was begun anew counts from 0 again.
  const start = Math.max(from > total ? 0 : from, total - capacity);
  const bytes = readWrapped(fd, capacity, start, total - start);
  // The monitor may have overwritten the oldest part while we read: that part is not the stream any more.
  const overwritten = Math.max(0, (readHeader(fd)?.total ?? total) - capacity - start);
  const lost = Math.min(overwritten, bytes.length);
  return { offset: start + lost, bytes: bytes.subarray(lost) };
}

function readHeader(fd: number): { readonly capacity: number; readonly total: number } | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  const length = readSync(fd, header, 0, HEADER_BYTES, 0);
  const capacity = Number(header.readBigUInt64LE(8));
  if (length < HEADER_BYTES || header.toString('latin1', 0, 8) !== MAGIC || capacity === 0) return undefined;
  return { capacity, total: Number(header.readBigUInt64LE(16)) };
}

function readWrapped(fd: number, capacity: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const place = (start + done) % capacity;
    const wanted = Math.min(length - done, capacity - place);
    const read = readSync(fd, bytes, done, wanted, HEADER_BYTES + place);
    // A file that was cut: what is not there is not made up.
    if (read === 0) return bytes.subarray(0, done);
    done += read;
  }
  return bytes;
}
