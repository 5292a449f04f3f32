/** New events as they are written, across rotation. */
import { closeSync, type FSWatcher, fstatSync, openSync, readSync, statSync, watch } from 'node:fs';
import { makeDirectory } from '../../files/atomic-file.ts';
import type { MachineEvent } from './events.ts';
import { journalFile, journalNumbers, parseLines } from './journal.ts';

/** The safety net under fs.watch, which may be refused (inotify limits) or deaf (network file systems). */
const LOOK_EVERY_MS = 1000;

/**
 * Begins to watch at once, before the first `next`: an event written after this call is never missed. Ends when
 * `signal` aborts.
 */
export function followJournal(directory: string, signal: AbortSignal): AsyncIterable<MachineEvent> {
  const reader = tailReader(directory);
  const bell = startBell(directory, signal);
  return {
    async *[Symbol.asyncIterator]() {
      try {
        while (!signal.aborted) {
          yield* reader();
          await bell.rung();
        }
      } finally {
        bell.stop();
      }
    },
  };
}

/**
 * Reads what each file has gained. Older files are looked at too: who opened one just before a rotation still
 * writes its line there.
 */
function tailReader(directory: string): () => Generator<MachineEvent> {
  const offsets = new Map<number, number>();
  for (const number of journalNumbers(directory)) {
    offsets.set(number, statSync(journalFile(directory, number), { throwIfNoEntry: false })?.size ?? 0);
  }
  return function* () {
    for (const number of journalNumbers(directory)) {
      const { text, end } = takeLines(journalFile(directory, number), offsets.get(number) ?? 0);
      offsets.set(number, end);
      yield* parseLines(text);
    }
  };
}

/** Whole lines only: one whose end is not written yet is read again the next time. */
function takeLines(path: string, offset: number): { readonly text: string; readonly end: number } {
  const bytes = readFrom(path, offset);
  const length = bytes.lastIndexOf(0x0a) + 1;
  return { text: bytes.subarray(0, length).toString('utf8'), end: offset + length };
}

function readFrom(path: string, offset: number): Buffer {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - offset));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(fd);
  }
}

interface Bell {
  /** Resolves when something may have been written since the last call, or after a second. */
  rung(): Promise<void>;
  stop(): void;
}

function startBell(directory: string, signal: AbortSignal): Bell {
  let pending = false;
  let wake: () => void = () => {};
  const ring = () => {
    pending = true;
    wake();
  };
  const watcher = watchFolder(directory, ring);
  const stop = () => {
    watcher?.close();
    signal.removeEventListener('abort', stop);
    ring();
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) {
    stop();
  }
  const rung = async () => {
    if (!pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    pending = signal.aborted;
  };
  return { rung, stop };
}

function watchFolder(directory: string, ring: () => void): FSWatcher | undefined {
  try {
    makeDirectory(directory);
    const watcher = watch(directory, ring);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
