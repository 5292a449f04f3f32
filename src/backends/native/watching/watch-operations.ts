/** What the monitor is told to watch: the part of a launch plan about events. */
import type { PressureResource, PressureThreshold, PressureThresholds } from '../../limit-news.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';
import { type Operation, operation } from '../operations.ts';
import { type PressureSupport, requirePressure } from './pressure-support.ts';
import { type CounterFiles, counterFiles } from './readings.ts';

/**
 * How often each may cost us a process and a line of the journal: milliseconds from one to the next, how many at that pace, and
 * milliseconds for each beyond them. A kill is news at once. A limit that is reached all day long (a cache that fills memory.max
 * is nothing bad) is told of once an hour.
 */
const KILLS = [1000, 8, 60_000] as const;
const LIMITS = [10_000, 3, 3_600_000] as const;
const PRESSURE = [10_000, 6, 600_000] as const;

/**
 * @param pageSizes of huge pages that are limited
 * @throws BackendError 'unsupported' for a threshold that the kernel would not take
 */
export function watchOperations(
  layout: CgroupLayout,
  parent: string,
  name: string,
  thresholds: PressureThresholds,
  readSupport: () => PressureSupport,
  pageSizes: readonly string[] = [],
): readonly Operation[] {
  const files = counterFiles(layout, parent, name, pageSizes);
  return [
    ...memoryWatches(files),
    ...(files.pids === undefined
      ? []
      : [operation('watch-counters', `${files.pids}/pids.events`, 'poll', ...LIMITS, 'max')]),
    ...hugePageWatches(files),
    ...Object.entries(thresholds).map(([resource, threshold]) =>
      pressureWatch(layout, files, readSupport(), resource as PressureResource, threshold),
    ),
  ];
}

/** v1 tells of kills by an eventfd, and counts how often the limit was reached without telling anybody. */
function memoryWatches({ memory }: CounterFiles): readonly Operation[] {
  if (memory === undefined) return [];
  const { group, version } = memory;
  if (version === 'legacy') {
    return [
      operation('watch-counters', `${group}/memory.oom_control`, 'eventfd', ...KILLS, 'oom_kill'),
      operation('count-file', `${group}/memory.failcnt`),
      operation('count-file', `${group}/memory.memsw.failcnt`),
    ];
  }
  return [
    operation('watch-counters', `${group}/memory.events`, 'poll', ...KILLS, 'oom_kill'),
    operation('watch-counters', `${group}/memory.events`, 'poll', ...LIMITS, 'high', 'max'),
    operation('count-file', `${group}/memory.events.local`),
    operation('watch-counters', `${group}/memory.swap.events`, 'poll', ...LIMITS, 'max'),
  ];
}

function hugePageWatches({ hugetlb, pageSizes }: CounterFiles): readonly Operation[] {
  if (hugetlb === undefined) return [];
  return pageSizes.map((size) => {
    const path = `${hugetlb.group}/hugetlb.${size}`;
    return hugetlb.version === 'legacy'
      ? operation('count-file', `${path}.failcnt`)
      : operation('watch-counters', `${path}.events`, 'poll', ...LIMITS, 'max');
  });
}

function pressureWatch(
  layout: CgroupLayout,
  { pressure }: CounterFiles,
  support: PressureSupport,
  resource: PressureResource,
  threshold: PressureThreshold,
): Operation {
  requirePressure(layout, support, resource, threshold);
  const { share, stallUsec, windowUsec } = threshold;
  return operation(
    'watch-pressure',
    `${pressure}/${resource}.pressure`,
    ...PRESSURE,
    share,
    stallUsec,
    windowUsec,
  );
}
