/** Limits that are one machine's, not those that the unit says for all. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { CgroupLimits, LimitName } from '../../limits.ts';
import { limitsOf } from './unit-limits.ts';
import type { UnitProperties } from './unit-properties.ts';

/** What says of one machine that it has no such limit, though all others have; the kernel's default where there is no word for none. */
const lifted: CgroupLimits = {
  'memory.max': 'max',
  'memory.high': 'max',
  'memory.low': 0,
  'memory.min': 0,
  'memory.swap.max': 'max',
  'cpu.weight': 100,
  'cpu.max': { quotaUsec: 'max', periodUsec: 100_000 },
  'io.weight': 100,
  'pids.max': 'max',
};

/** @param common properties of the unit of a machine that has nothing of its own */
export function ownLimits(properties: UnitProperties, common: UnitProperties): CgroupLimits {
  const limits = limitsOf(properties);
  const ofAll = limitsOf(common);
  const isSame = (name: LimitName) => isDeepStrictEqual(limits[name], ofAll[name]);
  const names = [...new Set([...Object.keys(limits), ...Object.keys(ofAll)])] as LimitName[];
  return Object.fromEntries(
    names
      .filter((name) => !isSame(name))
      .map((name) => [name, limits[name] ?? lifted[name]] as const)
      .filter(([, limit]) => limit !== undefined),
  );
}
