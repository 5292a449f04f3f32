/** memory.max and memory.current, on v1 memory.limit_in_bytes and memory.usage_in_bytes. */
import type { CgroupLimits } from '../../backend.ts';
import type { LimitWrite, Reading } from './controller-file.ts';

export function memoryWrites(version: 'unified' | 'legacy', limits: CgroupLimits): readonly LimitWrite[] {
  const limit = limits['memory.max'];
  if (limit === undefined) return [];
  if (version === 'unified') return [{ file: 'memory.max', value: String(limit) }];
  return [{ file: 'memory.limit_in_bytes', value: limit === 'max' ? '-1' : String(limit) }];
}

export const memoryReadings: Readonly<Record<'unified' | 'legacy', Reading>> = {
  unified: { file: 'memory.current', parse: Number },
  legacy: { file: 'memory.usage_in_bytes', parse: Number },
};
