/** pids.max and pids.current: the files have the same names in v1 and v2. */
import type { CgroupLimits } from '../../backend.ts';
import type { LimitWrite, Reading } from './controller-file.ts';

export function pidsWrites(limits: CgroupLimits): readonly LimitWrite[] {
  const limit = limits['pids.max'];
  return limit === undefined ? [] : [{ file: 'pids.max', value: String(limit) }];
}

export const pidsReading: Reading = { file: 'pids.current', parse: Number };
