/** cpu.*: "CPU Interface Files" of cgroup-v2.rst, scheduler/sched-bwc.rst; in v1 cpu.shares and cpu.cfs_*. */
import type { Amount, CpuBandwidth } from '../../../limits.ts';
import type { LimitChange, LimitFiles, LimitTable, LimitWrite } from './limit.ts';
import { flagFile, numberFile, parseAmount, parseNumber } from './one-value.ts';

/** v1's standard of 1024 shares is v2's weight of 100. */
const SHARES = 1024 / 100;

export const cpuLimits: LimitTable<'cpu.weight' | 'cpu.max' | 'cpu.max.burst' | 'cpu.idle'> = {
  'cpu.weight': {
    standard: 100,
    unified: numberFile('cpu.weight'),
    legacy: numberFile(
      'cpu.shares',
      (weight) => Math.max(2, Math.floor(weight * SHARES)),
      (shares) => Math.max(1, Math.round(shares / SHARES)),
    ),
  },
  'cpu.max': {
    standard: { quotaUsec: 'max', periodUsec: 100_000 },
    unified: bandwidth(
      'cpu.max.burst',
      ({ after: { quotaUsec, periodUsec } }) => [{ file: 'cpu.max', value: `${quotaUsec} ${periodUsec}` }],
      (read) => parseMax(read('cpu.max')),
    ),
    legacy: bandwidth('cpu.cfs_burst_us', legacyWrites, (read) => {
      const quotaUsec = parseAmount(read('cpu.cfs_quota_us'));
      const periodUsec = parseNumber(read('cpu.cfs_period_us'));
      return quotaUsec === undefined || periodUsec === undefined ? undefined : { quotaUsec, periodUsec };
    }),
  },
  'cpu.max.burst': {
    standard: 0,
    unified: numberFile('cpu.max.burst'),
    legacy: numberFile('cpu.cfs_burst_us'),
  },
  'cpu.idle': { standard: false, unified: flagFile('cpu.idle'), legacy: flagFile('cpu.idle') },
};

/** The burst must never be more than the quota: so it goes out of the way, and comes back after it. */
function bandwidth(
  burstFile: string,
  writes: (change: LimitChange<CpuBandwidth>) => readonly LimitWrite[],
  inForce: LimitFiles<CpuBandwidth>['inForce'],
): LimitFiles<CpuBandwidth> {
  return {
    writes: (change) => {
      const burst = change.all['cpu.max.burst'];
      if (burst === undefined) return writes(change);
      const write = (value: number) => ({
        file: burstFile,
        value: String(value),
        limit: 'cpu.max.burst' as const,
      });
      return [write(0), ...writes(change), write(burst)];
    },
    inForce,
  };
}

/** A quota is lifted first: the kernel compares every period with the quota that is there. */
function legacyWrites({ before, after }: LimitChange<CpuBandwidth>): readonly LimitWrite[] {
  const quota = (value: CpuBandwidth['quotaUsec']) => ({
    file: 'cpu.cfs_quota_us',
    value: value === 'max' ? '-1' : String(value),
  });
  return [
    ...(before.quotaUsec === 'max' ? [] : [quota('max')]),
    { file: 'cpu.cfs_period_us', value: String(after.periodUsec) },
    quota(after.quotaUsec),
  ];
}

function parseMax(text: string | undefined): CpuBandwidth | undefined {
  const [quota, period] = text?.trim().split(' ') ?? [];
  const quotaUsec: Amount | undefined = parseAmount(quota);
  const periodUsec = parseNumber(period);
  return quotaUsec === undefined || periodUsec === undefined ? undefined : { quotaUsec, periodUsec };
}
