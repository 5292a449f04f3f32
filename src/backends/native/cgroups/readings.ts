/** What a machine uses, as its groups say. */
import { readFileSync } from 'node:fs';
import type { MachineUsage } from '../../backend.ts';
import { controllerGroup, unifiedGroup } from './groups.ts';
import type { CgroupLayout } from './layout.ts';

/** What a controller's file says of a group. */
interface Reading {
  readonly file: string;
  /** How the file's text becomes a number. */
  readonly parse: (text: string) => number;
}

const memoryReadings: Readonly<Record<'unified' | 'legacy', Reading>> = {
  unified: { file: 'memory.current', parse: Number },
  legacy: { file: 'memory.usage_in_bytes', parse: Number },
};

/** Microseconds. A v2 group has cpu.stat whether the cpu controller is enabled or not. */
const cpuReadings: Readonly<Record<'unified' | 'legacy', Reading>> = {
  unified: { file: 'cpu.stat', parse: (text) => Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) },
  // Nanoseconds there.
  legacy: { file: 'cpuacct.usage', parse: (text) => Math.floor(Number(text) / 1000) },
};

const pidsReading: Reading = { file: 'pids.current', parse: Number };

/** Undefined where a controller is absent or the group is gone: never a zero that was not measured. */
export function readUsage(layout: CgroupLayout, parent: string, name: string): MachineUsage {
  const read = (controller: string, readings: Readonly<Record<'unified' | 'legacy', Reading>>) => {
    const place = controllerGroup(layout, controller, parent, name);
    return place === undefined ? undefined : readNumber(place.group, readings[place.version]);
  };
  const unified = unifiedGroup(layout, parent, name);
  return {
    memoryBytes: read('memory', memoryReadings),
    cpuUsec: unified === undefined ? read('cpuacct', cpuReadings) : readNumber(unified, cpuReadings.unified),
    tasks: read('pids', { unified: pidsReading, legacy: pidsReading }),
  };
}

function readNumber(group: string, reading: Reading): number | undefined {
  try {
    const value = reading.parse(readFileSync(`${group}/${reading.file}`, 'utf8'));
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
