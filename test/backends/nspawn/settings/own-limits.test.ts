import { describe, expect, it } from 'vitest';
import { ownLimits } from '../../../../src/backends/nspawn/settings/own-limits.ts';
import { limitsOf, propertiesOf } from '../../../../src/backends/nspawn/settings/unit-limits.ts';

const UNSET = 0xffff_ffff_ffff_ffffn;
const common = { TasksMax: 16_384n, MemoryLow: 4096n, CPUQuotaPerSecUSec: 500_000n };

describe("a machine's own limits", () => {
  it('are those that not all machines have', () => {
    expect(ownLimits({ ...common, MemoryMax: 4096n, TasksMax: 5n }, common)).toEqual({
      'memory.max': 4096,
      'pids.max': 5,
    });
    expect(ownLimits(common, common)).toEqual({});
  });

  it('say of one that it alone has not that there is none, in words that can be set', () => {
    const properties = { TasksMax: UNSET, MemoryLow: 0n, CPUQuotaPerSecUSec: UNSET };
    const own = ownLimits(properties, common);
    expect(own['pids.max']).toBe('max');
    const names = Object.keys(own) as (keyof typeof own)[];
    expect(names.toSorted()).toEqual(['cpu.max', 'memory.low', 'pids.max']);
    const written = propertiesOf(own, names).map(([name, { value }]) => [name, value] as const);
    expect(limitsOf({ ...common, ...Object.fromEntries(written) })).toEqual({});
  });
});
