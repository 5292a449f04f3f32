/** One file of a group while it is sampled: what it said the last time, and how fast that changes. */
import type { Format } from './formats/format.ts';
import { type KeptFile, type Reading, readKept } from './kept-file.ts';
import type { Source } from './sources.ts';

/** What may change without the group's doing, and a file that was not there, is looked for after this long, in seconds. */
export const LOOK_AGAIN_S = 5;

/** A source of one group alone. */
interface NetworkSource {
  readonly format: Format;
  readonly when: 'network';
  readonly path: string;
  readonly tells: undefined;
  readonly unless?: undefined;
}

export type AnySource = Source | NetworkSource;

/** What belongs to a source has its place in arrays: a thousand groups begin with few objects, and most need no more. */
export interface GroupReading {
  readonly group: string;
  readonly sources: readonly AnySource[];
  readonly now: number[];
  readonly before: number[];
  /** A second; NaN until a counter was read twice. */
  readonly rates: number[];
  readonly files: (KeptFile | undefined)[];
  /** When it was tried last, and when it was read; NaN: it was not, or could not be. */
  readonly triedAt: number[];
  readonly readAt: number[];
  /** From when on its counters are counted: when it was read, or last known to stand still. */
  readonly since: number[];
  /** When it was seen to move last. */
  movedAt: number;
  /** Until then it is enough to look whether it moves, see settled.ts; NaN: all that is due is read. */
  settledUntil: number;
  /** When that was looked at last. */
  stillAt: number;
}

/** A group's name may hold any bytes. */
export function pathIn(mount: string, group: string, file: string): string | Buffer {
  const inside = group === '' ? file : `${group}/${file}`;
  if (isAscii(inside)) return `${mount}/${inside}`;
  return Buffer.concat([Buffer.from(`${mount}/`), Buffer.from(inside, 'latin1')]);
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
  return /^[\x00-\x7f]*$/.test(text);
}

/** Of a path in latin1. */
export function textOf(path: string): string {
  return isAscii(path) ? path : Buffer.from(path, 'latin1').toString('utf8');
}

/**
 * @param at seconds of the monotonic clock
 * @returns false if it is not there
 */
export function readSource(
  group: GroupReading,
  index: number,
  source: AnySource,
  reading: Reading,
  at: number,
): boolean {
  const { now, before, rates, readAt, since } = group;
  const { counters, parse } = source.format;
  if (isUnlimited(source, now)) {
    readAt[index] = at;
    return true;
  }
  const length = readFirst(group, index, source, reading, at);
  if (length < 0) {
    readAt[index] = Number.NaN;
    for (const counter of counters) rates[counter] = now[counter] = Number.NaN;
    return false;
  }
  for (const counter of counters) before[counter] = now[counter] as number;
  parse(reading.buffer, length, now);
  const seconds = at - (since[index] as number);
  for (const counter of counters) {
    const grown = (now[counter] as number) - (before[counter] as number);
    // What is less than before is another count: a controller was taken away and given back.
    rates[counter] = grown >= 0 && seconds > 0 ? grown / seconds : Number.NaN;
  }
  readAt[index] = at;
  since[index] = at;
  return true;
}

/** Sets its counters, if it need not be read for that. */
export function isUnlimited({ unless, format }: AnySource, now: number[]): boolean {
  if (unless === undefined || now[unless] !== Number.POSITIVE_INFINITY) return false;
  for (const counter of format.counters) now[counter] = Number.POSITIVE_INFINITY;
  return true;
}

/** A file that is missing costs an exception each time, so it is not asked for at every sample. */
function readFirst(
  { group, files, triedAt, readAt }: GroupReading,
  index: number,
  source: AnySource,
  reading: Reading,
  at: number,
): number {
  if (Number.isNaN(readAt[index]) && at - (triedAt[index] as number) < LOOK_AGAIN_S) return -1;
  triedAt[index] = at;
  const known = files[index];
  if (known !== undefined) return readKept(known, reading);
  for (const file of filesOf(group, source)) {
    const length = readKept(file, reading);
    if (length < 0) continue;
    files[index] = file;
    return length;
  }
  return -1;
}

function filesOf(group: string, source: AnySource): readonly KeptFile[] {
  if (source.when === 'network') return [{ path: source.path, fd: undefined, brief: true }];
  const { mount, files, beside } = source;
  const kept = (file: string): KeptFile => ({ path: pathIn(mount, group, file), fd: undefined });
  return files.map((file) =>
    beside === undefined || beside === file ? kept(file) : { ...kept(file), beside: kept(beside) },
  );
}
