/** Limits beside what is used of them. Pure. */
import type { Inspection } from '../../backends/inspection.ts';
import type { Amount } from '../../backends/limits.ts';
import type { MachineDetails } from '../../machines/machines.ts';
import { formatBytes } from '../units.ts';

/** The shape of `limits` in info --json. */
export interface LimitUse {
  readonly name: 'memory.max' | 'memory.high' | 'memory.swap.max' | 'pids.max';
  readonly unit: 'bytes' | 'tasks';
  /** Null while it is down, or where nobody counts. */
  readonly used: number | null;
  /** As the kernel goes by it; while it is down, as it is set. Null: none. */
  readonly limit: number | null;
}

export function limitUses(details: MachineDetails, inspection: Inspection | null): readonly LimitUse[] {
  const limits = inspection?.limitsInForce ?? details.config.limits;
  const row = (name: LimitUse['name'], unit: LimitUse['unit'], used: number | null): LimitUse => ({
    name,
    unit,
    used,
    limit: amount(limits[name]),
  });
  return [
    row('memory.max', 'bytes', details.memoryBytes),
    row('memory.high', 'bytes', details.memoryBytes),
    row('memory.swap.max', 'bytes', inspection?.swapBytes ?? null),
    row('pids.max', 'tasks', details.tasks),
  ];
}

function amount(limit: Amount | undefined): number | null {
  return limit === undefined || limit === 'max' ? null : limit;
}

/** 120 MiB of 512 MiB, 23%. Undefined if there is nothing to say. */
export function limitUseWords({ unit, used, limit }: LimitUse): string | undefined {
  const format = unit === 'bytes' ? formatBytes : String;
  if (used === null) return limit === null ? undefined : `at most ${format(limit)}`;
  if (limit === null) return `${format(used)}, no limit`;
  const share = limit === 0 ? '' : `, ${Math.round((100 * used) / limit)}%`;
  return `${format(used)} of ${format(limit)}${share}`;
}
