/** What is new between what was told and what the counters say. Pure. */
import type { LimitNews, OomCause, PressureResource, ReachedLimit } from '../../limit-news.ts';
import type { Readings } from './readings.ts';

/** What was told of a run. */
export interface Told {
  /** `startedAt` of it: the counters of another run are others. */
  readonly run: number;
  readonly counts: Partial<Readings>;
  readonly stalled: Readonly<Partial<Record<PressureResource, number>>>;
  /** As LimitHistory has it. */
  readonly oomAt?: number;
}

/** What counted anew with the run's groups. */
export function nothingTold(run: number): Told {
  return { run, counts: {}, stalled: {} };
}

export interface Seen {
  readonly readings: Readings;
  /** What has signalled that it was exceeded, with all the time that processes waited. */
  readonly pressure: Readonly<Partial<Record<PressureResource, number>>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Since {
  readonly news: readonly LimitNews[];
  readonly told: Told;
}

export function newsSince(told: Told, seen: Seen): Since {
  const gain = (key: keyof Readings) => Math.max(0, (seen.readings[key] ?? 0) - (told.counts[key] ?? 0));
  const processes = gain('kills');
  const cause = processes > 0 ? causeOf(seen.readings, gain) : undefined;
  return {
    news: [
      ...reached('memory.high', gain),
      ...reached('memory.max', gain),
      ...(cause === undefined ? [] : [{ type: 'oom-killed', processes, cause } as const]),
      ...reached('memory.swap.max', gain),
      ...reached('pids.max', gain),
      ...hugePages(seen.readings).flatMap((limit) => reached(limit, gain)),
      ...pressures(told, seen),
    ],
    told: {
      run: told.run,
      counts: counted(told.counts, seen.readings, processes > 0),
      stalled: { ...told.stalled, ...seen.pressure },
      ...oomTime(told, seen, cause),
    },
  };
}

type Gain = (key: keyof Readings) => number;

/** v1 does not count how often memory ran out, but how often its limit was in the way. */
function causeOf({ ooms }: Readings, gain: Gain): OomCause {
  if (ooms === undefined) return gain('memory.max') > 0 ? 'limit' : 'outside';
  if (gain('ownOoms') > 0) return 'limit';
  return gain('ooms') > 0 ? 'inside' : 'outside';
}

function hugePages(readings: Readings): readonly `hugetlb.${string}.max`[] {
  return Object.keys(readings).filter((key): key is `hugetlb.${string}.max` => key.startsWith('hugetlb.'));
}

function reached(limit: ReachedLimit, gain: Gain): readonly LimitNews[] {
  const times = gain(limit);
  return times > 0 ? [{ type: 'limit-reached', limit, times }] : [];
}

function pressures(told: Told, seen: Seen): readonly LimitNews[] {
  return (Object.keys(seen.pressure) as PressureResource[]).map((resource) => ({
    type: 'pressure',
    resource,
    stalledUsec: Math.max(0, (seen.pressure[resource] ?? 0) - (told.stalled[resource] ?? 0)),
  }));
}

/**
 * The kernel counts that memory ran out before it counts the kill that comes of it: until then it is not told, or nobody would know
 * later why somebody was killed.
 */
function counted(before: Partial<Readings>, now: Readings, killed: boolean): Partial<Readings> {
  const { ooms, ownOoms, ...others } = now;
  const causes = killed ? { ooms, ownOoms } : { ooms: before.ooms, ownOoms: before.ownOoms };
  const known = Object.entries({ ...others, ...causes }).filter(([, count]) => count !== undefined);
  return { ...before, ...Object.fromEntries(known) };
}

function oomTime(told: Told, seen: Seen, cause: OomCause | undefined): Pick<Told, 'oomAt'> {
  if (cause !== undefined && cause !== 'inside') return { oomAt: seen.at };
  return told.oomAt === undefined ? {} : { oomAt: told.oomAt };
}
