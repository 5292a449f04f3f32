/**
 * A group that has stood still for a while: as long as nothing in it uses processor time, one file a sample says so. Who allocates,
 * exits, is frozen or thawed runs for it, so all the rest is read as soon as the time moves; what comes from outside (its memory is
 * reclaimed, it waits for a disk that hangs, the kernel writes its pages, a process is moved into it, a limit is written) is seen when
 * everything is looked at again.
 */
import { COUNTER } from './counters.ts';
import type { Reading } from './kept-file.ts';
import { type AnySource, type GroupReading, LOOK_AGAIN_S, readSource } from './source-reading.ts';

/** So long nothing must have moved, in seconds. */
const SETTLES_AFTER_S = LOOK_AGAIN_S;
/** At one sample a second, everything is looked at in every third one. */
const LOOK_AT_SETTLED_S = 2.5;
/** After half a minute in every fifth one: who sleeps that long sleeps on. */
const SLEEPS_AFTER_S = 30;
const LOOK_AT_SLEEPING_S = 4.5;

/** True if there is nothing new; what was looked at for that is read. */
export function isStill(group: GroupReading, reading: Reading, at: number): boolean {
  if (!(at < group.settledUntil)) return false;
  // Who comes into a group without processes is seen before it can use processor time.
  const telling = group.now[COUNTER.populated] === 0 ? 'life' : 'cpu';
  const index = group.sources.findIndex(({ tells }) => tells === telling);
  const source = group.sources[index];
  if (source === undefined) return false;
  if (readSource(group, index, source, reading, at) && saysTheSame(group, source)) {
    group.stillAt = at;
    return true;
  }
  countFromStandstill(group, index, telling === 'life');
  return false;
}

function saysTheSame({ now, before }: GroupReading, { format }: AnySource): boolean {
  return format.counters.every((counter) => Object.is(now[counter], before[counter]));
}

/** What cannot change in a group that stands still began to do so when it was last seen still. */
function countFromStandstill(
  { sources, since, stillAt }: GroupReading,
  telling: number,
  wasEmpty: boolean,
): void {
  for (const [index, { when }] of sources.entries()) {
    const stoodStill = when === 'moved' || (wasEmpty && when === 'always');
    if (index !== telling && stoodStill && (since[index] as number) < stillAt) since[index] = stillAt;
  }
}

/** After all that was due was read. */
export function settle(group: GroupReading, moved: boolean, at: number): void {
  if (moved || Number.isNaN(group.movedAt)) group.movedAt = at;
  const still = at - group.movedAt;
  const settled = still >= SETTLES_AFTER_S && group.rates.every((rate) => !(rate > 0));
  const lookAfter = still >= SLEEPS_AFTER_S ? LOOK_AT_SLEEPING_S : LOOK_AT_SETTLED_S;
  group.settledUntil = settled ? Math.min(at + lookAfter, networkDueAt(group)) : Number.NaN;
}

/** Packets also come to who sleeps. */
function networkDueAt({ sources, readAt, now, rates }: GroupReading): number {
  const last = sources.length - 1;
  if (sources[last]?.when !== 'network') return Number.POSITIVE_INFINITY;
  const rateIsDue = !Number.isNaN(now[COUNTER.rxBytes]) && Number.isNaN(rates[COUNTER.rxBytes]);
  return rateIsDue ? Number.NaN : (readAt[last] as number) + LOOK_AGAIN_S;
}
