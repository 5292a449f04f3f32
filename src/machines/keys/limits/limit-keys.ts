/**
 * Limits of cgroups: v2's names and units, whatever the host has. Empty, and the value that the kernel has without a word, takes a
 * limit away; that value is printed for one that nobody set.
 */
import { totalmem } from 'node:os';
import type { Amount, CgroupLimits, LimitName } from '../../../backends/limits.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import {
  type Bounds,
  burstUsec,
  isWithin,
  memoryBytes,
  protectedBytes,
  swapBytes,
  taskCount,
  weight,
} from '../../values/bounds.ts';
import { parseMembers } from '../../values/number-lists.ts';
import {
  cpuBounds,
  formatCpu,
  formatSize,
  parseCpu,
  parseShare,
  parseSize,
} from '../../values/quantities.ts';
import { parseSwitch } from '../../values/switches.ts';
import type { ConfigKey, Refuse } from '../key.ts';

export const limitKeys: readonly ConfigKey[] = [
  bytesKey(
    'memory.max',
    'memory that the machine may use; beyond it processes are killed',
    memoryBytes,
    'max',
  ),
  bytesKey('memory.high', 'memory beyond which the machine is slowed down, not killed', memoryBytes, 'max'),
  bytesKey('memory.low', 'memory that others take from the machine last', protectedBytes, 0),
  bytesKey('memory.min', 'memory that nobody takes from the machine', protectedBytes, 0),
  bytesKey('memory.swap.max', 'swap that the machine may use', swapBytes, 'max'),
  switchKey('memory.oom.group', 'when memory runs out, all processes are killed, not one'),
  {
    name: 'cpu.max',
    limit: 'cpu.max',
    summary: 'processor time that the machine may use',
    allowed: cpuBounds,
    values: ['50%', '100%', '200%', 'max'],
    print: ({ limits }) => ({
      'cpu.max': limits['cpu.max'] === undefined ? 'max' : formatCpu(limits['cpu.max']),
    }),
    apply: (config, value, refuse) =>
      withLimit(config, 'cpu.max', isMax(value) ? undefined : (parseCpu(value) ?? refuseCpu(value, refuse))),
  },
  numberKey('cpu.max.burst', 'unused processor time that may be saved up, microseconds', burstUsec, 0, [
    '50000',
  ]),
  numberKey('cpu.weight', 'share of the processors when several want them', weight, 100, [
    '50',
    '100',
    '200',
  ]),
  switchKey('cpu.idle', 'runs only when nobody else wants the processors'),
  membersKey('cpuset.cpus', 'processors that the machine may run on'),
  membersKey('cpuset.mems', 'memory nodes that the machine may use'),
  numberKey('io.weight', 'share of the disks when several want them', weight, 100, ['50', '100', '200']),
  {
    name: 'pids.max',
    limit: 'pids.max',
    summary: 'processes and threads that the machine may have',
    allowed: `a number such as 200, ${taskCount.least} to ${taskCount.most}, or max`,
    values: ['200', '1000', 'max'],
    print: ({ limits }) => ({ 'pids.max': String(limits['pids.max'] ?? 'max') }),
    apply: (config, value, refuse) =>
      withLimit(config, 'pids.max', isMax(value) ? undefined : parseCount(value, taskCount, refuse)),
  },
];

/** Processors by their number, as docker has them, are no percentage. */
function refuseCpu(value: string, refuse: Refuse): never {
  const processors = /^\d{1,4}(\.\d{1,2})?$/.test(value) ? Number(value) : 0;
  if (processors === 0) return refuse();
  return refuse(`"${value}" has no unit: ${value} processors are ${Math.round(processors * 100)}%`);
}

type NamesOf<V> = {
  [K in LimitName]: Exclude<CgroupLimits[K], undefined> extends V
    ? V extends Exclude<CgroupLimits[K], undefined>
      ? K
      : never
    : never;
}[LimitName];

function bytesKey(name: NamesOf<Amount>, summary: string, bounds: Bounds, standard: 'max' | 0): ConfigKey {
  return {
    name,
    limit: name,
    summary,
    allowed: `bytes such as 512M or 1.5G, a share of the host's memory such as 25%, at least ${formatSize(bounds.least)}, or max`,
    values: ['256M', '512M', '1G', '2G', '25%', '50%', 'max'],
    print: ({ limits }) => ({ [name]: formatAmount(limits[name] ?? standard) }),
    apply: (config, value, refuse) => withLimit(config, name, parseBytes(value, bounds, standard, refuse)),
  };
}

/** `max` is no limit, or all the protection that there is. A share is of what this host has now: what is stored are bytes. */
function parseBytes(value: string, bounds: Bounds, standard: 'max' | 0, refuse: Refuse): Amount | undefined {
  if (value === '') return undefined;
  if (value === 'max') return standard === 'max' ? undefined : 'max';
  const bytes = parseSize(value) ?? parseShare(value, totalmem()) ?? refuse();
  return isWithin(bytes, bounds) ? unlessStandard(bytes, standard) : refuse();
}

export function formatAmount(amount: Amount): string {
  return amount === 'max' ? 'max' : formatSize(amount);
}

function numberKey(
  name: NamesOf<number>,
  summary: string,
  bounds: Bounds,
  standard: number,
  values: readonly string[],
): ConfigKey {
  return {
    name,
    limit: name,
    summary,
    allowed: `a number from ${bounds.least} to ${bounds.most}; empty is the kernel's ${standard}`,
    values,
    print: ({ limits }) => ({ [name]: String(limits[name] ?? standard) }),
    apply: (config, value, refuse) =>
      withLimit(
        config,
        name,
        value === '' ? undefined : unlessStandard(parseCount(value, bounds, refuse), standard),
      ),
  };
}

function switchKey(name: NamesOf<boolean>, summary: string): ConfigKey {
  return {
    name,
    limit: name,
    summary,
    allowed: 'true or false',
    values: ['true', 'false'],
    print: ({ limits }) => ({ [name]: String(limits[name] ?? false) }),
    apply: (config, value, refuse) =>
      withLimit(
        config,
        name,
        value === '' ? undefined : unlessStandard(parseSwitch(value) ?? refuse(), false),
      ),
  };
}

function membersKey(name: NamesOf<string>, summary: string): ConfigKey {
  return {
    name,
    limit: name,
    summary,
    allowed: 'a list such as 0-3,7; empty is all',
    values: ['0', '0-1', '0-3'],
    print: ({ limits }) => ({ [name]: limits[name] ?? '' }),
    apply: (config, value, refuse) =>
      withLimit(config, name, isMax(value) ? undefined : (parseMembers(value) ?? refuse())),
  };
}

export function withLimit<K extends LimitName>(
  config: MachineConfig,
  key: K,
  limit: CgroupLimits[K] | undefined,
): MachineConfig {
  const { [key]: _, ...others } = config.limits;
  return { ...config, limits: limit === undefined ? others : { ...others, [key]: limit } };
}

/** What the kernel does anyway is not stored. */
function unlessStandard<V>(value: V, standard: unknown): V | undefined {
  return value === standard ? undefined : value;
}

/** No limit. */
export function isMax(value: string): boolean {
  return value === 'max' || value === '';
}

function parseCount(text: string, bounds: Bounds, refuse: Refuse): number {
  const count = /^\d+$/.test(text) ? Number(text) : refuse();
  return isWithin(count, bounds) ? count : refuse();
}
