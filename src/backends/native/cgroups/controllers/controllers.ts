/** Which controller has which limits. */
import type { CgroupLimits, FileLimitName } from '../../../limits.ts';
import { cpuLimits } from './cpu.ts';
import { cpusetLimits } from './cpuset.ts';
import { hugetlbLimits } from './hugetlb.ts';
import { ioLimits } from './io.ts';
import type { Limit, LimitTable } from './limit.ts';
import { memoryLimits } from './memory.ts';
import { netLimits } from './net.ts';
import { pidsLimits } from './pids.ts';

/** In the order of writing: what bounds others comes before them. */
export const limits: LimitTable = {
  ...memoryLimits,
  ...cpusetLimits,
  ...cpuLimits,
  ...ioLimits,
  ...pidsLimits,
  ...hugetlbLimits,
  ...netLimits,
};

export const limitNames = Object.keys(limits) as readonly FileLimitName[];

/** A value of any limit, where which one does not matter. */
export type LimitValue = Exclude<CgroupLimits[FileLimitName], undefined>;

/** One row of the table for who goes through all: the values that belong to it come from the same row. */
export function limitOf(name: FileLimitName): Limit<LimitValue> {
  return limits[name] as unknown as Limit<LimitValue>;
}

/** The controller of a limit, as v2 and v1 name it. */
export function controllerOf(name: FileLimitName): { readonly unified: string; readonly legacy: string } {
  const unified = name.slice(0, name.indexOf('.'));
  return { unified, legacy: unified === 'io' ? 'blkio' : unified };
}
