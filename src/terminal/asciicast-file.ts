/**
 * Reads a recording (asciicast v2, https://docs.asciinema.org/manual/asciicast/v2/) as it is needed: whoever made it may have meant harm, so
 * no line is longer, and no screen larger, than is sensible, and nothing is ever held whole.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

export interface CastSize {
  readonly columns: number;
  readonly rows: number;
}

/** @property time seconds since the beginning, never less than that of the one before */
export type CastEvent =
  | { readonly type: 'output'; readonly time: number; readonly text: string }
  | ({ readonly type: 'resize'; readonly time: number } & CastSize)
  /** A line that is none of the format. */
  | { readonly type: 'unreadable'; readonly time: number };

export interface CastFile {
  readonly path: string;
  readonly size: CastSize;
  /** Seconds, by its last lines; undefined: they do not tell. */
  readonly duration: number | undefined;
  /** From the beginning, each time; to where the file ends when that is reached. Throws what reading throws. */
  readonly events: () => AsyncIterable<CastEvent>;
  readonly close: () => Promise<void>;
}

/** A piece of output is at most 64 KiB, and a byte of it at most six in JSON. */
const LONGEST_LINE = 1 << 20;
const PIECE = 1 << 16;
/** Larger screens than anybody has would be memory for nothing. */
const largest: CastSize = { columns: 500, rows: 200 };
const usual: CastSize = { columns: 80, rows: 24 };

/** Throws what `open` says, and if it is no file, or not one of this format. */
export async function openCast(path: string): Promise<CastFile> {
  // A FIFO would be waited for, and a terminal become ours.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is no regular file`);
    const first = await linesFrom(file, 0).next();
    const size = headerOf(first.done === true ? undefined : first.value);
    if (size === undefined) throw new Error(`${path} is no recording (asciicast v2)`);
    return {
      path,
      size,
      duration: await lastTime(file),
      events: () => eventsOf(file),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* eventsOf(file: FileHandle): AsyncGenerator<CastEvent> {
  const lines = linesFrom(file, 0);
  await lines.next();
  let time = 0;
  for await (const line of lines) {
    if (line === '') continue;
    const event = eventOf(line);
    // Of another kind, such as what was typed.
    if (event === 'other') continue;
    time = Math.max(time, event?.time ?? 0);
    yield event === undefined ? { type: 'unreadable', time } : { ...event, time };
  }
}

/** Undefined: not one of the format. */
function eventOf(line: string | undefined): CastEvent | 'other' | undefined {
  const event = parsed(line);
  if (!Array.isArray(event)) return undefined;
  const [time, code, text] = event as readonly unknown[];
  if (typeof time !== 'number' || !Number.isFinite(time) || typeof text !== 'string') return undefined;
  if (code === 'o') return { type: 'output', time, text };
  if (code !== 'r') return 'other';
  const [, columns, rows] = /^(\d{1,6})x(\d{1,6})$/.exec(text) ?? [];
  if (columns === undefined) return undefined;
  return { type: 'resize', time, ...within(Number(columns), Number(rows)) };
}

function headerOf(line: string | undefined): CastSize | undefined {
  const header = parsed(line);
  if (typeof header !== 'object' || header === null) return undefined;
  const { version, width, height } = header as Readonly<Record<string, unknown>>;
  return version === 2 ? within(width, height) : undefined;
}

function within(columns: unknown, rows: unknown): CastSize {
  const bounded = (value: unknown, most: number, otherwise: number): number =>
    typeof value === 'number' && value >= 1 ? Math.min(most, Math.floor(value)) : otherwise;
  return {
    // No emulator is narrower.
    columns: Math.max(2, bounded(columns, largest.columns, usual.columns)),
    rows: bounded(rows, largest.rows, usual.rows),
  };
}

function parsed(line: string | undefined): unknown {
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Of the last line that has one; the file is not read for it but at its end. */
async function lastTime(file: FileHandle): Promise<number | undefined> {
  const { size } = await file.stat();
  let time: number | undefined;
  for await (const line of linesFrom(file, Math.max(0, size - PIECE))) {
    const event = parsed(line);
    const told: unknown = Array.isArray(event) ? event[0] : undefined;
    if (typeof told === 'number' && Number.isFinite(told)) time = Math.max(time ?? 0, told);
  }
  return time;
}

/** Undefined is a line that is too long; it is passed over without being kept. The last line need not be ended. */
async function* linesFrom(file: FileHandle, begin: number): AsyncGenerator<string | undefined> {
  const piece = Buffer.alloc(PIECE);
  let kept: readonly Buffer[] = [];
  let length = 0;
  const lineWith = (last: Buffer): string | undefined => {
    const line =
      length + last.length > LONGEST_LINE ? undefined : Buffer.concat([...kept, last]).toString('utf8');
    kept = [];
    length = 0;
    return line;
  };
  for (let at = begin; ; ) {
    const { bytesRead } = await file.read(piece, 0, PIECE, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    let from = 0;
    const read = piece.subarray(0, bytesRead);
    for (let end = read.indexOf('\n'); end !== -1; end = read.indexOf('\n', from)) {
      yield lineWith(read.subarray(from, end));
      from = end + 1;
    }
    length += bytesRead - from;
    kept = length > LONGEST_LINE ? [] : [...kept, Buffer.from(read.subarray(from))];
  }
  if (length > 0) yield lineWith(Buffer.alloc(0));
}
