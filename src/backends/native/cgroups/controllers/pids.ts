/** pids.max: "PID Interface Files" of cgroup-v2.rst; v1 has the same file. */
import type { LimitTable } from './limit.ts';
import { amountFile } from './one-value.ts';

export const pidsLimits: LimitTable<'pids.max'> = {
  'pids.max': { standard: 'max', unified: amountFile('pids.max'), legacy: amountFile('pids.max') },
};
