/** cpu.max and the time used, on v1 cpu.cfs_period_us, cpu.cfs_quota_us and cpuacct.usage. */
import type { CgroupLimits } from '../../backend.ts';
import type { LimitWrite, Reading } from './controller-file.ts';

export function cpuWrites(version: 'unified' | 'legacy', limits: CgroupLimits): readonly LimitWrite[] {
  const limit = limits['cpu.max'];
  if (limit === undefined) return [];
  const { quotaUsec, periodUsec } = limit;
  if (version === 'unified') return [{ file: 'cpu.max', value: `${quotaUsec} ${periodUsec}` }];
  return [
    { file: 'cpu.cfs_period_us', value: String(periodUsec) },
    { file: 'cpu.cfs_quota_us', value: quotaUsec === 'max' ? '-1' : String(quotaUsec) },
  ];
}

/** Microseconds. A v2 group has cpu.stat whether the cpu controller is enabled or not. */
export const cpuReadings: Readonly<Record<'unified' | 'legacy', Reading>> = {
  unified: { file: 'cpu.stat', parse: (text) => Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) },
  // Nanoseconds there.
  legacy: { file: 'cpuacct.usage', parse: (text) => Math.floor(Number(text) / 1000) },
};
