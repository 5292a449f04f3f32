/** Samples for tests: a machine that uses a little, and what a test wants otherwise. */
import type { GroupSample, GroupUsage, HostUsage, UsageSample } from '../../src/backends/usage.ts';

export const quietHost: HostUsage = {
  cores: 4,
  busyCores: 0.5,
  memoryBytes: 8 * 1024 ** 3,
  availableBytes: 6 * 1024 ** 3,
};

const nothing = { some: 0, full: 0 };

export const quietUsage: GroupUsage = {
  cpu: { cores: 0.25, limitCores: 'max', throttledShare: 0, throttledSeconds: 0 },
  memory: {
    bytes: 64 * 1024 ** 2,
    limitBytes: 'max',
    highBytes: 'max',
    anonBytes: 32 * 1024 ** 2,
    fileBytes: 16 * 1024 ** 2,
    refaults: 0,
  },
  swap: { bytes: 0, limitBytes: 'max' },
  io: { rbps: 0, wbps: 4096, riops: 0, wiops: 1 },
  tasks: { count: 12, limit: 'max' },
  network: { rxBytes: null, txBytes: null },
  pressure: { cpu: nothing, memory: nothing, io: nothing },
};

type Change = { readonly [K in keyof GroupUsage]?: Partial<GroupUsage[K]> };

export function group(name: string, change: Change = {}, more: Partial<GroupSample> = {}): GroupSample {
  const path = more.path ?? `tsmachine/${name}`;
  const keys = Object.keys(quietUsage) as readonly (keyof GroupUsage)[];
  const usage = Object.fromEntries(keys.map((key) => [key, { ...quietUsage[key], ...change[key] }]));
  return {
    id: path,
    path,
    machine: name,
    pid: 4711,
    frozen: false,
    phase: 'running',
    usage: usage as unknown as GroupUsage,
    ...more,
  };
}

export function sample(groups: readonly GroupSample[], host: HostUsage = quietHost): UsageSample {
  return { seconds: 1, host, groups };
}
