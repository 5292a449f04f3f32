/** One group while it is sampled: which of its files have to be read this time. */
import { COUNTER, noCounters } from './counters.ts';
import { netDev } from './formats/net-dev.ts';
import { closeKept, type Reading } from './kept-file.ts';
import { isStill, settle } from './settled.ts';
import { type AnySource, type GroupReading, LOOK_AGAIN_S, readSource } from './source-reading.ts';

/** Who uses no processor time may wait for one or for a disk, or have its pages written: what stood still is looked at less often. */
const LOOK_AT_QUIET_S = 1.5;

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
    movedAt: Number.NaN,
    settledUntil: Number.NaN,
    stillAt: Number.NaN,
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
  return openGroup(group, [...sources, { format: netDev, when: 'network', path, tells: undefined }]);
}

/**
 * Reads what has to be read.
 * @param at seconds of the monotonic clock
 * @returns false if the group has gone
 */
export function readGroup(group: GroupReading, reading: Reading, at: number): boolean {
  if (isStill(group, reading, at)) return true;
  const seen = { alive: false, moved: false };
  // What tells whether it lives and moves comes first: what else is wanted follows from it.
  const telling = countTelling(group.sources);
  readSources(group, reading, at, 0, telling, seen);
  readSources(group, reading, at, telling, group.sources.length, seen);
  if (group.now[COUNTER.populated] === 0) group.now[COUNTER.tasks] = 0;
  settle(group, seen.moved, at);
  return seen.alive;
}

interface Seen {
  alive: boolean;
  moved: boolean;
}

function countTelling(sources: readonly AnySource[]): number {
  let count = 0;
  while (sources[count]?.tells !== undefined) count += 1;
  return count;
}

function readSources(
  group: GroupReading,
  reading: Reading,
  at: number,
  from: number,
  to: number,
  seen: Seen,
): void {
  for (let index = from; index < to; index += 1) {
    const source = group.sources[index] as AnySource;
    // What told that it moves was read right now.
    const known = group.readAt[index] === at;
    if (!known && !isWanted(group, index, source, seen.moved, at)) rest(group, index, source, at);
    else if (known || readSource(group, index, source, reading, at)) {
      seen.alive ||= source.when === 'always';
      seen.moved ||= tellsOfMove(group, source);
    }
  }
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
  if (source.tells === 'life' || source.tells === 'memory') return true;
  // Nothing runs in it or below: only memory can be left.
  if (now[COUNTER.populated] === 0 && !(moved && (now[COUNTER.memory] as number) > 0)) return false;
  const age = at - (readAt[index] as number);
  if (source.when === 'always')
    return moved || source.tells === 'cpu' || !stoodStill(group, source) || age >= LOOK_AT_QUIET_S;
  if (!(age < LOOK_AGAIN_S)) return true;
  if (source.when === 'moved') return moved;
  const hasNetwork = !Number.isNaN(now[COUNTER.rxBytes]);
  return hasNetwork && (moved || rates[COUNTER.rxBytes] !== 0 || rates[COUNTER.txBytes] !== 0);
}

/** At the last look; what was not read yet, or is none of its counters, did not. */
function stoodStill({ rates }: GroupReading, { format }: AnySource): boolean {
  return format.counters.every((counter) => rates[counter] === 0);
}

function tellsOfMove({ now, before }: GroupReading, { tells }: AnySource): boolean {
  if (tells === 'cpu') return now[COUNTER.cpuUsec] !== before[COUNTER.cpuUsec];
  return tells === 'memory' && now[COUNTER.memory] !== before[COUNTER.memory];
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
