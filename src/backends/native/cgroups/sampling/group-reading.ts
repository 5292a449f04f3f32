/** One group while it is sampled: its files, what they said the last time, and how fast that changes. */
import { COUNTER, noCounters } from './counters.ts';
import type { Format } from './formats/format.ts';
import { netDev } from './formats/net-dev.ts';
import { closeKept, type KeptFile, type Reading, readKept } from './kept-file.ts';
import type { Source } from './sources.ts';

/** What the files of a quiet group may say that was not looked for, is seen after this long, in seconds. */
const LOOK_AGAIN_S = 5;
/** Who uses no processor time may wait for one or for a disk, or have its pages written: what stood still is looked at less often. */
const LOOK_AT_QUIET_S = 1.5;

/** A source of one group alone. */
interface NetworkSource {
  readonly format: Format;
  readonly when: 'network';
  readonly path: string;
}

type AnySource = Source | NetworkSource;

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
}

/** @param group the path below the mounts, in latin1: one character a byte */
export function openGroup(group: string, sources: readonly AnySource[]): GroupReading {
  const never = sources.map(() => Number.NaN);
  return {
    group,
    sources,
    now: noCounters(),
    before: noCounters(),
    rates: noCounters(),
    files: sources.map(() => undefined),
    triedAt: never,
    readAt: never.slice(),
    since: never.slice(),
  };
}

/** With the network namespace of a process. Its file is not kept open: it would keep the namespace of a dead machine alive. */
export function openGroupWithNetwork(
  group: string,
  sources: readonly AnySource[],
  pid: number,
  procRoot: string,
): GroupReading {
  const path = `${procRoot}/${pid}/net/dev`;
  return openGroup(group, [...sources, { format: netDev, when: 'network', path }]);
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
  for (let index = 0; index < group.sources.length; index += 1) {
    const source = group.sources[index] as AnySource;
    if (!isWanted(group, index, source, moved, at)) rest(group, index, source, at);
    else if (readSource(group, index, source, reading, at)) {
      alive ||= source.when === 'always';
      moved ||= tellsOfMove(group, source);
    }
  }
  if (group.now[COUNTER.populated] === 0) group.now[COUNTER.tasks] = 0;
  return alive;
}

export function closeGroup({ files }: GroupReading, reading: Reading): void {
  for (const file of files) if (file !== undefined) closeKept(file, reading);
}

function isWanted(
  group: GroupReading,
  index: number,
  source: AnySource,
  moved: boolean,
  at: number,
): boolean {
  const { now, rates, readAt } = group;
  const { counters } = source.format;
  if (counters.includes(COUNTER.populated) || counters.includes(COUNTER.memory)) return true;
  // Nothing runs in it or below: only memory can be left.
  if (now[COUNTER.populated] === 0 && !(moved && (now[COUNTER.memory] as number) > 0)) return false;
  const age = at - (readAt[index] as number);
  if (source.when === 'always')
    return (
      moved || counters.includes(COUNTER.cpuUsec) || !stoodStill(group, source) || age >= LOOK_AT_QUIET_S
    );
  if (!(age < LOOK_AGAIN_S)) return true;
  if (source.when === 'moved') return moved;
  const hasNetwork = !Number.isNaN(now[COUNTER.rxBytes]);
  return hasNetwork && (moved || rates[COUNTER.rxBytes] !== 0 || rates[COUNTER.txBytes] !== 0);
}

/** At the last look; what was not read yet, or is none of its counters, did not. */
function stoodStill({ rates }: GroupReading, { format }: AnySource): boolean {
  return format.counters.every((counter) => rates[counter] === 0);
}

function tellsOfMove({ now, before }: GroupReading, { format }: AnySource): boolean {
  return format.counters.some(
    (counter) =>
      (counter === COUNTER.cpuUsec || counter === COUNTER.memory) && now[counter] !== before[counter],
  );
}

/** What is not looked at stands still; but packets also come to who sleeps. */
function rest(
  { rates, now, readAt, since }: GroupReading,
  index: number,
  source: AnySource,
  at: number,
): void {
  if (source.when === 'network' || Number.isNaN(readAt[index])) return;
  // What is looked at soon is counted from when it was read: then it is a rate over that time.
  if (source.when === 'moved' || now[COUNTER.populated] === 0) since[index] = at;
  for (const counter of source.format.counters) {
    if (!Number.isNaN(now[counter])) rates[counter] = 0;
  }
}

function readSource(
  group: GroupReading,
  index: number,
  source: AnySource,
  reading: Reading,
  at: number,
): boolean {
  const { now, before, rates, readAt, since } = group;
  const { counters, parse } = source.format;
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
  return source.files.map((file) => ({ path: pathIn(source.mount, group, file), fd: undefined }));
}
