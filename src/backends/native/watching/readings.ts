/** The counters of a machine's groups as its files say them, on every layout. */
import { readFileSync } from 'node:fs';
import type { MachineSpec } from '../../backend.ts';
import type { PressureResource } from '../../limit-news.ts';
import { type ControllerGroup, controllerGroup, unifiedGroup } from '../cgroups/groups.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';
import { decodeRecords } from '../records.ts';

/** None of them ever shrinks while the group is there; undefined where the host does not count it. */
export interface Readings {
  readonly kills: number | undefined;
  /** Times that memory ran out in the group or below, and in the group itself. Not in v1. */
  readonly ooms: number | undefined;
  readonly ownOoms: number | undefined;
  readonly 'memory.max': number | undefined;
  readonly 'memory.high': number | undefined;
  readonly 'memory.swap.max': number | undefined;
  readonly 'pids.max': number | undefined;
  /** Huge pages, by their size. */
  readonly [size: `hugetlb.${string}.max`]: number | undefined;
}

/** Where the counters of a controller lie: cgroup-v2.rst, "Memory Interface Files"; cgroup-v1/memory.rst 10 and pids.rst. */
export interface CounterFiles {
  readonly memory: ControllerGroup | undefined;
  readonly pids: string | undefined;
  readonly hugetlb: ControllerGroup | undefined;
  /** Of huge pages that are limited, as in `2MB`. */
  readonly pageSizes: readonly string[];
  /** The group with the pressure files. */
  readonly pressure: string | undefined;
}

export function counterFiles(
  layout: CgroupLayout,
  parent: string,
  name: string,
  pageSizes: readonly string[] = [],
): CounterFiles {
  const group = (controller: string) => controllerGroup(layout, controller, parent, name);
  return {
    memory: group('memory'),
    pids: group('pids')?.group,
    hugetlb: pageSizes.length === 0 ? undefined : group('hugetlb'),
    pageSizes,
    pressure: unifiedGroup(layout, parent, name),
  };
}

export function limitedPageSizes({ limits }: MachineSpec): readonly string[] {
  return Object.keys(limits['hugetlb.max'] ?? {});
}

/** The text of a file, undefined if there is none (any more). */
export type ReadText = (path: string) => string | undefined;

export function takeReadings(files: CounterFiles, read: ReadText): Readings {
  const pids = keyed(files.pids === undefined ? undefined : read(`${files.pids}/pids.events`));
  return { ...memoryReadings(files, read), 'pids.max': pids('max'), ...hugePageReadings(files, read) };
}

/** cgroup-v2.rst, "HugeTLB Interface Files"; cgroup-v1/hugetlb.rst. */
function hugePageReadings({ hugetlb, pageSizes }: CounterFiles, read: ReadText) {
  if (hugetlb === undefined) return {};
  const { group, version } = hugetlb;
  const times = (size: string) =>
    version === 'legacy'
      ? number(read(`${group}/hugetlb.${size}.failcnt`))
      : keyed(read(`${group}/hugetlb.${size}.events`))('max');
  return Object.fromEntries(pageSizes.map((size) => [`hugetlb.${size}.max`, times(size)]));
}

function memoryReadings({ memory }: CounterFiles, read: ReadText): Omit<Readings, 'pids.max'> {
  if (memory?.version === 'legacy') {
    return {
      kills: keyed(read(`${memory.group}/memory.oom_control`))('oom_kill'),
      ooms: undefined,
      ownOoms: undefined,
      'memory.max': number(read(`${memory.group}/memory.failcnt`)),
      'memory.high': undefined,
      'memory.swap.max': number(read(`${memory.group}/memory.memsw.failcnt`)),
    };
  }
  const all = keyed(memory && read(`${memory.group}/memory.events`));
  const own = keyed(memory && read(`${memory.group}/memory.events.local`));
  return {
    kills: all('oom_kill'),
    ooms: all('oom'),
    ownOoms: own('oom'),
    'memory.max': all('max'),
    'memory.high': all('high'),
    'memory.swap.max': keyed(memory && read(`${memory.group}/memory.swap.events`))('max'),
  };
}

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Lines of `KEY NUMBER`. */
function keyed(text = ''): (key: string) => number | undefined {
  const numbers = new Map(
    [...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, key, number]) => [key, Number(number)]),
  );
  return (key) => numbers.get(key);
}

/** Microseconds, since the group was made, that its processes waited. */
export function stalledUsec(
  files: CounterFiles,
  resource: PressureResource,
  share: 'some' | 'full',
  read: ReadText,
): number | undefined {
  const text = files.pressure === undefined ? undefined : read(`${files.pressure}/${resource}.pressure`);
  const [, total] = new RegExp(`^${share} .*\\btotal=(\\d+)`, 'm').exec(text ?? '') ?? [];
  return total === undefined ? undefined : Number(total);
}

export interface LastCounts {
  readonly read: ReadText;
  /** Files that signalled and were not told of. */
  readonly happened: readonly string[];
}

/** What the monitor noted at the end of a run in which something happened (docs/launch-plan.md, "last-counts"). */
export function readLastCounts(runDirectory: string): LastCounts | undefined {
  try {
    const records = decodeRecords(readFileSync(`${runDirectory}/last-counts`));
    const texts = new Map(
      records
        .filter(({ name }) => name === 'counts')
        .map(({ arguments: [path, text] }) => [path ?? '', text ?? '']),
    );
    const happened = records
      .filter(({ name }) => name === 'happened')
      .map(({ arguments: [path] }) => path ?? '');
    return { read: (path) => texts.get(path), happened };
  } catch {
    return undefined;
  }
}
