/** One group while it is sampled: its files, what they said the last time, and how fast that changes. */
import { COUNTER, noCounters } from './counters.ts';
import type { Format } from './formats/format.ts';
import { netDev } from './formats/net-dev.ts';
import { closeKept, type KeptFile, type Reading, readKept } from './kept-file.ts';
import type { Source } from './sources.ts';

/** What the files of a quiet group may say that was not looked for, is seen after this long, in seconds. */
const LOOK_AGAIN_S = 5;

interface OpenSource {
  readonly format: Format;
  readonly when: Source['when'] | 'network';
  /** Of the possible ones; the first alone once it was found. */
  files: readonly KeptFile[];
  /** When it was tried last, and when it was read; NaN: it could not. */
  triedAt: number;
  readAt: number;
  /** From when on its counters are counted: when it was read, or last known to stand still. */
  since: number;
}

export interface GroupReading {
  readonly sources: OpenSource[];
  readonly now: Float64Array;
  readonly before: Float64Array;
  /** A second; NaN until a counter was read twice. */
  readonly rates: Float64Array;
}

/** @param group the path below the mounts, in latin1: one character a byte */
export function openGroup(group: string, sources: readonly Source[]): GroupReading {
  return {
    sources: sources.map(({ mount, files, format, when }) =>
      openSource(
        format,
        when,
        files.map((file) => ({ path: pathIn(mount, group, file), fd: undefined })),
      ),
    ),
    now: noCounters(),
    before: noCounters(),
    rates: noCounters(),
  };
}

/** The network namespace of a process. Its file is not kept open: it would keep the namespace of a dead machine alive. */
export function addNetwork({ sources }: GroupReading, pid: number, procRoot: string): void {
  const file = { path: `${procRoot}/${pid}/net/dev`, fd: undefined, brief: true } as const;
  sources.push(openSource(netDev, 'network', [file]));
}

function openSource(format: Format, when: OpenSource['when'], files: readonly KeptFile[]): OpenSource {
  return {
    format,
    when,
    files,
    triedAt: Number.NEGATIVE_INFINITY,
    readAt: Number.NaN,
    since: Number.NaN,
  };
}

/** A group's name may hold any bytes. */
export function pathIn(mount: string, group: string, file: string): string | Buffer {
  const inside = group === '' ? file : `${group}/${file}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
  if (/^[\x00-\x7f]*$/.test(inside)) return `${mount}/${inside}`;
  return Buffer.concat([Buffer.from(`${mount}/`), Buffer.from(inside, 'latin1')]);
}

/**
 * Reads what has to be read.
 * @param at seconds of the monotonic clock
 * @returns false if the group has gone
 */
export function readGroup(group: GroupReading, reading: Reading, at: number): boolean {
  let alive = false;
  let moved = false;
  for (const source of group.sources) {
    if (!isWanted(group, source, moved, at)) rest(group, source, at);
    else if (readSource(group, source, reading, at)) {
      alive ||= source.when === 'always';
      moved ||= tellsOfMove(group, source);
    }
  }
  if (group.now[COUNTER.populated] === 0) group.now[COUNTER.tasks] = 0;
  return alive;
}

export function closeGroup(group: GroupReading, reading: Reading): void {
  for (const { files } of group.sources) for (const file of files) closeKept(file, reading);
}

function isWanted(group: GroupReading, source: OpenSource, moved: boolean, at: number): boolean {
  const { now, rates } = group;
  const { counters } = source.format;
  if (counters.includes(COUNTER.populated) || counters.includes(COUNTER.memory)) return true;
  // Nothing runs in it or below: only memory can be left.
  if (now[COUNTER.populated] === 0 && !(moved && (now[COUNTER.memory] as number) > 0)) return false;
  if (source.when === 'always' || !(at - source.readAt < LOOK_AGAIN_S)) return true;
  if (source.when === 'moved') return moved;
  const hasNetwork = !Number.isNaN(now[COUNTER.rxBytes] as number);
  return hasNetwork && (moved || rates[COUNTER.rxBytes] !== 0 || rates[COUNTER.txBytes] !== 0);
}

function tellsOfMove({ now, before }: GroupReading, { format }: OpenSource): boolean {
  return format.counters.some(
    (counter) =>
      (counter === COUNTER.cpuUsec || counter === COUNTER.memory) && now[counter] !== before[counter],
  );
}

/** What is not looked at stands still; but packets also come to who sleeps. */
function rest({ rates, now }: GroupReading, source: OpenSource, at: number): void {
  if (source.when === 'network' || Number.isNaN(source.readAt)) return;
  source.since = at;
  for (const counter of source.format.counters) {
    if (!Number.isNaN(now[counter] as number)) rates[counter] = 0;
  }
}

function readSource({ now, before, rates }: GroupReading, source: OpenSource, reading: Reading, at: number) {
  const { counters, parse } = source.format;
  const length = readFirst(source, reading, at);
  if (length < 0) {
    source.readAt = Number.NaN;
    for (const counter of counters) rates[counter] = now[counter] = Number.NaN;
    return false;
  }
  for (const counter of counters) before[counter] = now[counter] as number;
  parse(reading.buffer, length, now);
  const seconds = at - source.since;
  for (const counter of counters) {
    const grown = (now[counter] as number) - (before[counter] as number);
    // What is less than before is another count: a controller was taken away and given back.
    rates[counter] = grown >= 0 && seconds > 0 ? grown / seconds : Number.NaN;
  }
  source.readAt = at;
  source.since = at;
  return true;
}

/** A file that is missing costs an exception each time, so it is not asked for at every sample. */
function readFirst(source: OpenSource, reading: Reading, at: number): number {
  if (Number.isNaN(source.readAt) && at - source.triedAt < LOOK_AGAIN_S) return -1;
  source.triedAt = at;
  for (const file of source.files) {
    const length = readKept(file, reading);
    if (length < 0) continue;
    source.files = [file];
    return length;
  }
  return -1;
}
