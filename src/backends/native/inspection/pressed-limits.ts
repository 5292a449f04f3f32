/** How often a machine came up against its limits, and what it has in swap: cgroup-v2.rst; cgroup-v1/memory.rst, sched-bwc.rst. */
import { readFileSync } from 'node:fs';
import type { Inspection, Throttling } from '../../inspection.ts';
import { legacyGroup, unifiedGroup } from '../cgroups/groups.ts';
import { type CgroupLayout, controllerVersion } from '../cgroups/layout.ts';

type Pressed = Pick<Inspection, 'swapBytes' | 'throttling' | 'oomKills'>;

/** Null where a controller is absent or the group is gone: never a zero that was not counted. */
export function readPressedLimits(layout: CgroupLayout, parent: string, name: string): Pressed {
  const groupOf = (controller: string) =>
    controllerVersion(layout, controller) === 'legacy'
      ? legacyGroup(layout, controller, parent, name)
      : unifiedGroup(layout, parent, name);
  const read = (controller: string, file: string) => readOrNothing(`${groupOf(controller)}/${file}`);
  const isLegacy = controllerVersion(layout, 'memory') === 'legacy';
  return {
    swapBytes: isLegacy
      ? counter(read('memory', 'memory.stat'), 'total_swap')
      : asNumber(read('memory', 'memory.swap.current')),
    throttling: parseThrottling(read('cpu', 'cpu.stat')),
    oomKills: counter(read('memory', isLegacy ? 'memory.oom_control' : 'memory.events'), 'oom_kill'),
  };
}

/** v1 counts nanoseconds, under another name. */
export function parseThrottling(stat: string): Throttling | null {
  const periods = counter(stat, 'nr_periods');
  const throttledPeriods = counter(stat, 'nr_throttled');
  const throttledUsec = counter(stat, 'throttled_usec') ?? microseconds(counter(stat, 'throttled_time'));
  if (periods === null || throttledPeriods === null || throttledUsec === null) return null;
  return { periods, throttledPeriods, throttledUsec };
}

function microseconds(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : Math.floor(nanoseconds / 1000);
}

/** A line `NAME NUMBER` of a flat keyed file. */
function counter(text: string, name: string): number | null {
  return asNumber(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? '');
}

function asNumber(text: string): number | null {
  return /^\d+\s*$/.test(text) ? Number(text) : null;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
