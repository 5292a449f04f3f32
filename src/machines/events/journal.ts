/**
 * The journal of events: append-only JSON Lines, written by every command and by what monitors run, without a lock.
 * The files are numbered, events/journal.N.jsonl; the highest number is written to. Rotation is the exclusive creation of
 * the next number: of two that rotate at once one wins and both go on, and a death in between breaks nothing.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { isMissing, readFolder } from '../store/store.ts';
import { eventTypes, type MachineEvent } from './events.ts';

export interface Journal {
  readonly directory: string;
  /** One line by one write. Throws the system's error (a full disk); whether that matters is the caller's to say. */
  append(event: MachineEvent): void;
  /** All that is kept, oldest first. */
  read(): Generator<MachineEvent>;
}

export interface JournalLimits {
  /** A file that reaches this many bytes is full. */
  readonly maxBytes: number;
  /** Full files kept beside the one in use. */
  readonly keep: number;
}

export const journalLimits: JournalLimits = { maxBytes: 1024 * 1024, keep: 3 };

export function openJournal(directory: string, limits: JournalLimits = journalLimits): Journal {
  return {
    directory,
    append: (event) => append(directory, limits, `${JSON.stringify(event)}\n`),
    *read() {
      for (const number of journalNumbers(directory)) {
        yield* parseLines(readIfThere(journalFile(directory, number)));
      }
    },
  };
}

export function journalFile(directory: string, number: number): string {
  return join(directory, `journal.${number}.jsonl`);
}

/** Ascending. */
export function journalNumbers(directory: string): readonly number[] {
  return readFolder(directory)
    .map((file) => Number(/^journal\.(\d+)\.jsonl$/.exec(file)?.[1] ?? Number.NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
}

/** Tolerant: what is no event (a torn line, a later version's type) is left out. */
export function* parseLines(text: string): Generator<MachineEvent> {
  for (const line of text.split('\n')) {
    const event = parseEvent(line);
    if (event !== undefined) {
      yield event;
    }
  }
}

function parseEvent(line: string): MachineEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is MachineEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'time' in value &&
    typeof value.time === 'string' &&
    'name' in value &&
    typeof value.name === 'string' &&
    'type' in value &&
    eventTypes.some((type) => type === value.type) &&
    'details' in value &&
    typeof value.details === 'object' &&
    value.details !== null
  );
}

function append(directory: string, limits: JournalLimits, line: string): void {
  const number = journalNumbers(directory).at(-1) ?? 1;
  const fd = openForAppend(directory, number);
  try {
    const { size } = fstatSync(fd);
    writeSync(fd, endsTorn(fd, size) ? `\n${line}` : line);
    if (size + line.length >= limits.maxBytes) {
      rotate(directory, number + 1, limits.keep);
    }
  } finally {
    closeSync(fd);
  }
}

function openForAppend(directory: string, number: number): number {
  const path = journalFile(directory, number);
  try {
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    if (!isMissing(error)) {
      throw error;
    }
    makeDirectory(directory);
    return openSync(path, 'a+', 0o600);
  }
}

/** A line that a full disk or a power cut left half: the next one must not be glued to it. */
function endsTorn(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

function rotate(directory: string, next: number, keep: number): void {
  try {
    closeSync(openSync(journalFile(directory, next), 'ax', 0o600));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return;
    }
    throw error;
  }
  for (const number of journalNumbers(directory)) {
    if (number < next - keep) {
      removeFile(journalFile(directory, number));
    }
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) {
      return '';
    }
    throw error;
  }
}
