/** What a transfer tells while it goes on: NUL-ended texts `done FILES BYTES`, `total FILES BYTES`, `skipped WHY PATH`. */
import type { SkippedFile, TransferResult, TransferWork } from '../../files.ts';
import type { StorageProgress } from '../../storage.ts';

/** A machine can have a million sockets; a person reads a few names. */
const KEPT_NAMES = 100;
/** Longer than any text of the helper's. */
const TEXT_LIMIT = 64 * 1024;
/** From here on bytes say more than files. */
const LARGE_FILE = 256 * 1024;

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

export interface Tally {
  readonly hear: (bytes: Buffer) => void;
  readonly result: () => TransferResult;
}

export function createTally({ progress, counted }: TransferWork): Tally {
  let rest: Buffer = Buffer.alloc(0);
  let done: Amount = { files: 0, bytes: 0 };
  let total: Amount | undefined;
  let skippedCount = 0;
  const skipped: SkippedFile[] = [];
  const take = (text: string): void => {
    const [, word, one = '', other = ''] = /^(\S+) (\S+) (.*)$/s.exec(text) ?? [];
    if (word === 'done') done = { files: Number(one), bytes: Number(other) };
    else if (word === 'total') total = { files: Number(one), bytes: Number(other) };
    else if (word === 'skipped') {
      skippedCount += 1;
      if (skipped.length < KEPT_NAMES) skipped.push({ why: one as SkippedFile['why'], path: other });
    }
    counted?.(done);
    progress(progressOf(done, total));
  };
  return {
    hear(bytes) {
      const parts = split(Buffer.concat([rest, bytes]));
      rest = parts.rest;
      for (const text of parts.texts) take(text);
    },
    result: () => ({ ...done, skipped, skippedCount }),
  };
}

function split(bytes: Buffer): { readonly texts: readonly string[]; readonly rest: Buffer } {
  const end = bytes.lastIndexOf(0);
  const rest = bytes.subarray(end + 1);
  return {
    texts: end < 0 ? [] : bytes.subarray(0, end).toString('utf8').split('\0'),
    rest: rest.length > TEXT_LIMIT ? Buffer.alloc(0) : Buffer.from(rest),
  };
}

function progressOf(done: Amount, total: Amount | undefined): StorageProgress {
  const { files, bytes } = total ?? done;
  return bytes > files * LARGE_FILE
    ? { done: done.bytes, total: total?.bytes, unit: 'bytes' }
    : { done: done.files, total: total?.files, unit: 'files' };
}
