/**
 * A sampler for one sample, which has no rates, or for a few: each is one look at all groups, and no file stays open, which pays only for
 * who looks for longer.
 */
import type { GroupSample, GroupUsage, UsageSampler } from '../../../usage.ts';
import { now } from './clock.ts';
import { COUNTER, NO_RATES } from './counters.ts';
import type { Discovery } from './discovery.ts';
import { netDev } from './formats/net-dev.ts';
import { type GroupSampling, ownerOf } from './group-sampling.ts';
import { hierarchyOf, inodeOf } from './group-tree.ts';
import { groupSample, groupUsage } from './group-usage.ts';
import { openHost } from './host-usage.ts';
import { createReading, type Reading, readKept } from './kept-file.ts';
import type { Looks } from './looks.ts';
import { createOneLook, type OneLook, type Seen, saysAtOnce } from './one-look.ts';
import { openProcesses, type ProcessReading } from './processes.ts';
import { type Kept, ratesSince } from './rates-between.ts';
import { textOf } from './source-reading.ts';
import { type Source, sourcesOf } from './sources.ts';

/** @param rates false: for one sample alone; what says nothing else is not read */
export function openFewLooksSampler(request: GroupSampling, looks: Looks, rates: boolean): UsageSampler {
  const { layout, procRoot } = request;
  const all = sourcesOf(layout);
  const sources = rates ? all : all.filter(saysAtOnce);
  const mounts = [...new Set(sources.map(({ mount }) => mount))];
  const discovery = request.discover(mounts, looks);
  const place: Place = { mounts, procRoot, reading: createReading(procRoot, false) };
  const wholeHost = openHost(procRoot);
  const processes = new Map<string, ProcessReading>();
  let kept: ReadonlyMap<string, Kept> = new Map();
  const oneLook = createOneLook(sources, looks, (id) => kept.get(id));
  let before: number | undefined;
  let lost = false;
  return {
    sample: () => {
      const at = now();
      const seconds = before === undefined ? null : at - before;
      const ids = discovery.groups(at, lost);
      const seen = lookAt(ids, {
        request,
        discovery,
        oneLook,
        sources,
        place: rates ? place : undefined,
        kept,
      });
      [before, kept, lost] = [at, seen.kept, seen.alive < ids.length];
      return { seconds, host: wholeHost.read(place.reading, now()), groups: seen.groups };
    },
    processes: (id) => {
      const own = processes.get(id) ?? openProcesses(procRoot);
      processes.set(id, own);
      const { state } = ownerOf(request, discovery, id);
      return own.read(hierarchyOf(mounts, id), id, state?.()?.pid, now());
    },
    close: () => undefined,
  };
}

interface Looking {
  readonly request: GroupSampling;
  readonly discovery: Discovery;
  readonly oneLook: OneLook;
  readonly sources: readonly Source[];
  /** Undefined: nothing is kept for rates. */
  readonly place: Place | undefined;
  /** At the look before. */
  readonly kept: ReadonlyMap<string, Kept>;
}

interface Looked {
  readonly groups: readonly GroupSample[];
  readonly kept: ReadonlyMap<string, Kept>;
  /** How many are still there. */
  readonly alive: number;
}

function lookAt(ids: readonly string[], looking: Looking): Looked {
  const { request, discovery, oneLook, sources, place } = looking;
  const groups: GroupSample[] = [];
  const kept = new Map<string, Kept>();
  const usageOf = createUsageOf();
  let alive = 0;
  oneLook.at(ids, (seen) => {
    alive += 1;
    const id = seen.group;
    const { machine, state } = ownerOf(request, discovery, id);
    if (request.scope === 'machines' && state === undefined) return;
    const { phase = null, pid } = state?.() ?? {};
    const own = place !== undefined && seen.hasMore ? keep(seen, pid, place) : undefined;
    if (own !== undefined) kept.set(id, own);
    const { counters } = own ?? seen;
    const usage = usageOf(counters, ratesSince(looking.kept.get(id), own, sources));
    groups.push(groupSample({ id, path: textOf(id), machine, phase, pid }, counters, usage));
  });
  return { groups, kept, alive };
}

interface Place {
  readonly mounts: readonly string[];
  readonly procRoot: string;
  readonly reading: Reading;
}

/** A copy for the next look, with what the machine's network says. */
function keep(
  { group, counters, readAt, allReadAt }: Seen,
  pid: number | undefined,
  { mounts, procRoot, reading }: Place,
): Kept {
  const inode = inodeIn(mounts, group);
  const networkAt = now();
  const kept: Kept = { counters: counters.slice(), readAt: readAt.slice(), allReadAt, inode, pid, networkAt };
  if (pid === undefined) return kept;
  const length = readKept({ path: `${procRoot}/${pid}/net/dev`, fd: undefined, brief: true }, reading);
  if (length >= 0) netDev.parse(reading.buffer, length, kept.counters);
  return kept;
}

/** Of the first hierarchy that has it; 0 if none does. */
function inodeIn(mounts: readonly string[], group: string): number {
  for (const mount of mounts) {
    const inode = inodeOf(mount, group);
    if (inode !== 0) return inode;
  }
  return 0;
}

/** Groups in which nothing is left are many, and use the same: one object for all. */
function createUsageOf(): (counters: readonly number[], rates: readonly number[]) => GroupUsage {
  let nothing: GroupUsage | undefined;
  return (counters, rates) => {
    const isLeft = counters[COUNTER.populated] !== 0 || counters[COUNTER.memory] !== 0;
    if (isLeft || rates !== NO_RATES) return groupUsage(counters, rates);
    nothing ??= groupUsage(counters, NO_RATES);
    return nothing;
  };
}
