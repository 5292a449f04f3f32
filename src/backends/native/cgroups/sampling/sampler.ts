/** Samples groups of this host: the native side of the seam `UsageSampler`. */
import type { GroupSample, SamplerRequest, UsageSample, UsageSampler } from '../../../usage.ts';
import type { Addon } from '../../addon.ts';
import { readStateFile } from '../../life/state-file.ts';
import type { HostView } from '../../life/status.ts';
import { COUNTER, RATES_ALONE } from './counters.ts';
import { type Discovery, hostGroups, machineGroups } from './discovery.ts';
import type { Format } from './formats/format.ts';
import { closeGroup, openGroup, openGroupWithNetwork, readGroup } from './group-reading.ts';
import { linksOf } from './group-tree.ts';
import { groupUsage } from './group-usage.ts';
import { openHost } from './host-usage.ts';
import { closeKept, createReading, type Reading } from './kept-file.ts';
import { openProcesses, type ProcessReading } from './processes.ts';
import { createReadAhead } from './read-ahead.ts';
import { type GroupReading, isAscii } from './source-reading.ts';
import { type Source, sourcesOf } from './sources.ts';

/** A group from when it was first seen until it goes. */
interface Sampled {
  readonly id: string;
  /** As text; the id has one character a byte. */
  readonly path: string;
  readonly machine: string | undefined;
  readonly runDirectory: string | undefined;
  reading: GroupReading;
  pid: number | undefined;
  phase: GroupSample['phase'];
  /** At the last look: a machine that goes down has fewer. */
  tasks: number;
  processes: ProcessReading | undefined;
  last: GroupSample | undefined;
}

interface Sampling {
  readonly request: SamplerRequest;
  /** The group that ours lie in. */
  readonly parent: string;
  readonly sources: readonly Source[];
  readonly procRoot: string;
  readonly reading: Reading;
  readonly discovery: Discovery;
}

/** @param addon reads what is read once; without it Node does, and takes longer */
export function openSampler(request: SamplerRequest, host: HostView, addon: Addon | undefined): UsageSampler {
  const { layout, cgroupParent, procRoot } = host;
  const sources = sourcesOf(layout).filter(({ format }) => request.rates || !isRateAlone(format));
  const mounts = [...new Set(sources.map(({ mount }) => mount))];
  const discovery =
    request.scope === 'host'
      ? hostGroups(mounts, layout, cgroupParent, procRoot)
      : machineGroups(mounts[0] ?? '', cgroupParent);
  const sampling: Sampling = {
    request,
    parent: cgroupParent,
    sources,
    procRoot,
    reading: createReading(
      procRoot,
      request.rates,
      addon === undefined || request.rates ? undefined : createReadAhead(addon, sources),
    ),
    discovery,
  };
  const wholeHost = openHost(procRoot);
  let groups: ReadonlyMap<string, Sampled | undefined> = new Map();
  let before: number | undefined;
  let lost = false;

  return {
    sample: () => {
      const at = now();
      const seconds = before === undefined ? null : at - before;
      before = at;
      groups = follow(sampling, groups, discovery.groups(at, lost));
      lost = false;
      const samples: GroupSample[] = [];
      for (const sampled of groups.values()) {
        if (sampled === undefined) continue;
        const sample = sampleGroup(sampling, sampled);
        if (sample === undefined) lost = true;
        else samples.push(sample);
      }
      return { seconds, host: wholeHost.read(sampling.reading, at), groups: samples } satisfies UsageSample;
    },
    processes: (id) => {
      const sampled = groups.get(id);
      if (sampled === undefined) return [];
      sampled.processes ??= openProcesses(procRoot);
      // Each hierarchy that has the group tells the same processes.
      const mount = mounts.find((candidate) => linksOf(candidate, id) > 0) ?? '';
      return sampled.processes.read(mount, id, sampled.pid, now());
    },
    close: () => {
      for (const sampled of groups.values()) if (sampled) closeGroup(sampled.reading, sampling.reading);
      for (const file of wholeHost.files) closeKept(file, sampling.reading);
      groups = new Map();
    },
  };
}

function isRateAlone({ counters }: Format): boolean {
  return counters.every((counter) => RATES_ALONE.has(counter));
}

/** Seconds of the monotonic clock. */
function now(): number {
  return performance.now() / 1000;
}

/** Those that stay keep their files; undefined stands for a group that is none of ours. */
function follow(
  sampling: Sampling,
  groups: ReadonlyMap<string, Sampled | undefined>,
  ids: readonly string[],
): ReadonlyMap<string, Sampled | undefined> {
  const followed = new Map(ids.map((id) => [id, groups.has(id) ? groups.get(id) : begin(sampling, id)]));
  for (const [id, sampled] of groups) {
    if (sampled !== undefined && !followed.has(id)) closeGroup(sampled.reading, sampling.reading);
  }
  return followed;
}

function begin({ request, parent, sources, discovery }: Sampling, id: string): Sampled | undefined {
  const name = discovery.machineName(id);
  // One inside a machine may have the name of another one here.
  const own = name !== undefined && id === `${parent}/${name}`;
  const runDirectory = own ? request.runDirectoryOf(name) : undefined;
  if (request.scope === 'machines' && runDirectory === undefined) return undefined;
  return {
    id,
    path: textOf(id),
    machine: name,
    runDirectory,
    reading: openGroup(id, sources),
    pid: undefined,
    phase: null,
    tasks: Number.NaN,
    processes: undefined,
    last: undefined,
  };
}

function textOf(id: string): string {
  return isAscii(id) ? id : Buffer.from(id, 'latin1').toString('utf8');
}

/** Undefined if it has gone. */
function sampleGroup(sampling: Sampling, sampled: Sampled): GroupSample | undefined {
  findInit(sampling, sampled);
  const at = now();
  if (!readGroup(sampled.reading, sampling.reading, at) && !beginAnew(sampling, sampled)) return undefined;
  const { now: counters, rates, stillAt } = sampled.reading;
  if (stillAt === at && sampled.last !== undefined) return sampled.last;
  findPhase(sampled, counters[COUNTER.tasks] as number);
  const frozen = counters[COUNTER.frozen] as number;
  sampled.last = {
    id: sampled.id,
    path: sampled.path,
    machine: sampled.machine ?? null,
    pid: sampled.pid ?? null,
    frozen: Number.isNaN(frozen) ? null : frozen === 1,
    phase: sampled.phase,
    usage: groupUsage(counters, rates),
  };
  return sampled.last;
}

/** The monitor writes init's pid a moment after the groups are there. */
function findInit({ procRoot, sources, reading }: Sampling, sampled: Sampled): void {
  if (sampled.pid !== undefined || sampled.runDirectory === undefined) return;
  const state = readStateFile(sampled.runDirectory);
  sampled.phase = state?.phase ?? null;
  sampled.pid = state?.phase === 'running' ? state.init?.pid : undefined;
  if (sampled.pid === undefined) return;
  closeGroup(sampled.reading, reading);
  sampled.reading = openGroupWithNetwork(sampled.id, sources, sampled.pid, procRoot);
}

/** The file is read again only when processes came or went: a machine that starts or ends does not do so without. */
function findPhase(sampled: Sampled, tasks: number): void {
  const same = Object.is(sampled.tasks, tasks);
  sampled.tasks = tasks;
  if (same || sampled.runDirectory === undefined) return;
  sampled.phase = readStateFile(sampled.runDirectory)?.phase ?? sampled.phase;
}

/** A machine that rebooted between two samples has new groups of the same name. */
function beginAnew(sampling: Sampling, sampled: Sampled): boolean {
  closeGroup(sampled.reading, sampling.reading);
  sampled.reading = openGroup(sampled.id, sampling.sources);
  sampled.pid = undefined;
  findInit(sampling, sampled);
  return readGroup(sampled.reading, sampling.reading, now());
}
