/** Samples groups again and again: each keeps its files open, and is read as far as it has moved. */
import type { GroupSample, UsageSample, UsageSampler } from '../../../usage.ts';
import { now } from './clock.ts';
import { COUNTER } from './counters.ts';
import type { Discovery } from './discovery.ts';
import { closeGroup, openGroup, openGroupWithNetwork, readGroup } from './group-reading.ts';
import { type GroupSampling, type MachineState, ownerOf } from './group-sampling.ts';
import { hierarchyOf } from './group-tree.ts';
import { groupSample, groupUsage } from './group-usage.ts';
import { openHost } from './host-usage.ts';
import { closeKept, createReading, type Reading } from './kept-file.ts';
import type { Looks } from './looks.ts';
import { openProcesses, type ProcessReading } from './processes.ts';
import { type GroupReading, textOf } from './source-reading.ts';
import { type Source, sourcesOf } from './sources.ts';

/** A group from when it was first seen until it goes. */
interface Sampled {
  readonly id: string;
  /** As text; the id has one character a byte. */
  readonly path: string;
  readonly machine: string | undefined;
  readonly state: (() => MachineState | undefined) | undefined;
  reading: GroupReading;
  pid: number | undefined;
  phase: GroupSample['phase'];
  /** At the last look: a machine that goes down has fewer. */
  tasks: number;
  processes: ProcessReading | undefined;
  last: GroupSample | undefined;
}

interface Sampling extends GroupSampling {
  readonly sources: readonly Source[];
  readonly reading: Reading;
  readonly discovery: Discovery;
}

export function openRepeatedSampler(request: GroupSampling, looks: Looks): UsageSampler {
  const { layout, procRoot } = request;
  const sources = sourcesOf(layout);
  const mounts = [...new Set(sources.map(({ mount }) => mount))];
  const discovery = request.discover(mounts, looks);
  const reading = createReading(procRoot);
  const sampling: Sampling = { ...request, sources, reading, discovery };
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
      return sampled.processes.read(hierarchyOf(mounts, id), id, sampled.pid, now());
    },
    close: () => {
      for (const sampled of groups.values()) if (sampled) closeGroup(sampled.reading, sampling.reading);
      for (const file of wholeHost.files) closeKept(file, sampling.reading);
      groups = new Map();
    },
  };
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

function begin(sampling: Sampling, id: string): Sampled | undefined {
  const { scope, sources, discovery } = sampling;
  const { machine, state } = ownerOf(sampling, discovery, id);
  if (scope === 'machines' && state === undefined) return undefined;
  return {
    id,
    path: textOf(id),
    machine,
    state,
    reading: openGroup(id, sources),
    pid: undefined,
    phase: null,
    tasks: Number.NaN,
    processes: undefined,
    last: undefined,
  };
}

/** Undefined if it has gone. */
function sampleGroup(sampling: Sampling, sampled: Sampled): GroupSample | undefined {
  findInit(sampling, sampled);
  const at = now();
  if (!readGroup(sampled.reading, sampling.reading, at) && !beginAnew(sampling, sampled)) return undefined;
  const { now: counters, rates, stillAt } = sampled.reading;
  if (stillAt === at && sampled.last !== undefined) return sampled.last;
  findPhase(sampled, counters[COUNTER.tasks] as number);
  sampled.last = groupSample(sampled, counters, groupUsage(counters, rates));
  return sampled.last;
}

/** The first process is known a moment after the groups are there. */
function findInit({ procRoot, sources, reading }: Sampling, sampled: Sampled): void {
  if (sampled.pid !== undefined || sampled.state === undefined) return;
  const state = sampled.state();
  sampled.phase = state?.phase ?? null;
  sampled.pid = state?.pid;
  if (sampled.pid === undefined) return;
  closeGroup(sampled.reading, reading);
  sampled.reading = openGroupWithNetwork(sampled.id, sources, sampled.pid, procRoot);
}

/** It is asked again only when processes came or went: a machine that starts or ends does not do so without. */
function findPhase(sampled: Sampled, tasks: number): void {
  const same = Object.is(sampled.tasks, tasks);
  sampled.tasks = tasks;
  if (same || sampled.state === undefined) return;
  const state = sampled.state();
  sampled.phase = state?.phase ?? sampled.phase;
  // It rebooted in the same group: the next sample looks at its new init.
  if (state?.pid !== undefined && state.pid !== sampled.pid) sampled.pid = undefined;
}

/** A machine that rebooted between two samples has new groups of the same name. */
function beginAnew(sampling: Sampling, sampled: Sampled): boolean {
  closeGroup(sampled.reading, sampling.reading);
  sampled.reading = openGroup(sampled.id, sampling.sources);
  sampled.pid = undefined;
  findInit(sampling, sampled);
  return readGroup(sampled.reading, sampling.reading, now());
}
