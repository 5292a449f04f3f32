/** memory.max, cpu.max, pids.max and rlimit.*. An empty value takes a limit away. */
import type { CgroupLimits, ResourceLimit } from '../../backends/backend.ts';
import type { MachineConfig } from '../config-schema.ts';
import { type Bounds, cpuPeriodUsec, cpuQuotaUsec, isWithin, memoryBytes, taskCount } from './bounds.ts';
import type { ConfigKey, Refuse } from './key.ts';
import { formatCpu, formatSize, parseCpu, parseSize } from './quantities.ts';
import { rlimitFault, rlimitNames } from './rlimits.ts';

export const limitKeys: readonly ConfigKey[] = [
  {
    name: 'memory.max',
    summary: 'memory that the machine may use',
    allowed: `bytes such as 512M or 1.5G, at least ${formatSize(memoryBytes.least)}, or max`,
    values: ['256M', '512M', '1G', '2G', 'max'],
    print: ({ limits }) => ({ 'memory.max': sizeOrMax(limits['memory.max']) }),
    apply: (config, value, refuse) =>
      withLimit(config, 'memory.max', orMax(value, parseSize, memoryBytes, refuse)),
  },
  {
    name: 'cpu.max',
    summary: 'processor time that the machine may use',
    allowed:
      'percent of one CPU such as 150%, "QUOTA PERIOD" in microseconds ' +
      `(a quota of ${cpuQuotaUsec.least} or more, a period of ${cpuPeriodUsec.least} to ${cpuPeriodUsec.most}), or max`,
    values: ['50%', '100%', '200%', 'max'],
    print: ({ limits }) => ({
      'cpu.max': limits['cpu.max'] === undefined ? 'max' : formatCpu(limits['cpu.max']),
    }),
    apply: (config, value, refuse) =>
      withLimit(config, 'cpu.max', isMax(value) ? undefined : (parseCpu(value) ?? refuse())),
  },
  {
    name: 'pids.max',
    summary: 'processes and threads that the machine may have',
    allowed: `a number such as 200, ${taskCount.least} to ${taskCount.most}, or max`,
    values: ['200', '1000', 'max'],
    print: ({ limits }) => ({ 'pids.max': String(limits['pids.max'] ?? 'max') }),
    apply: (config, value, refuse) =>
      withLimit(config, 'pids.max', orMax(value, parseCount, taskCount, refuse)),
  },
  {
    name: 'rlimit.*',
    summary: 'resource limit of the first process, inherited by all',
    allowed: 'SOFT:HARD or one number for both, such as 1024:4096; unlimited; empty removes it',
    values: ['1024:4096', 'unlimited'],
    members: rlimitNames,
    print: ({ rlimits }) =>
      Object.fromEntries(
        Object.entries(rlimits).map(([name, { soft, hard }]) => [`rlimit.${name}`, `${soft}:${hard}`]),
      ),
    apply: (config, value, refuse, member) => {
      const { [member]: _, ...others } = config.rlimits;
      return {
        ...config,
        rlimits: value === '' ? others : { ...others, [member]: parseRlimit(member, value, refuse) },
      };
    },
  },
];

function withLimit<K extends keyof CgroupLimits>(
  config: MachineConfig,
  key: K,
  limit: CgroupLimits[K] | undefined,
): MachineConfig {
  const { [key]: _, ...others } = config.limits;
  return { ...config, limits: limit === undefined ? others : { ...others, [key]: limit } };
}

function orMax(
  value: string,
  parse: (text: string) => number | undefined,
  bounds: Bounds,
  refuse: Refuse,
): number | undefined {
  if (isMax(value)) {
    return undefined;
  }
  const number = parse(value) ?? refuse();
  return isWithin(number, bounds) ? number : refuse();
}

function isMax(value: string): boolean {
  return value === 'max' || value === '';
}

function sizeOrMax(bytes: number | 'max' | undefined): string {
  return bytes === undefined || bytes === 'max' ? 'max' : formatSize(bytes);
}

function parseCount(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function parseRlimit(name: string, value: string, refuse: Refuse): ResourceLimit {
  const parts = value.split(':');
  const [soft, hard = soft] = parts.map(parseRlimitNumber);
  if (parts.length > 2 || soft === undefined || hard === undefined) {
    return refuse();
  }
  const fault = rlimitFault(name, { soft, hard });
  return fault === undefined ? { soft, hard } : refuse(fault);
}

function parseRlimitNumber(text: string): number | 'unlimited' | undefined {
  if (text === 'unlimited') {
    return 'unlimited';
  }
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
