/** Limits that a machine has several of: by disk, by device, by interface, by size of page. */
import type { CgroupLimits, LimitName } from '../../../backends/limits.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import type { ConfigKey } from '../key.ts';
import { withLimit } from './limit-keys.ts';

type KeyedLimit = {
  [K in LimitName]: string extends keyof NonNullable<CgroupLimits[K]> ? K : never;
}[LimitName];
type Entry<K extends KeyedLimit> = NonNullable<CgroupLimits[K]>[string];

/** Undefined takes the entry away; a limit without any is not stored. */
export function withEntry<K extends KeyedLimit>(
  config: MachineConfig,
  limit: K,
  entry: string,
  value: Entry<K> | undefined,
): MachineConfig {
  const { [entry]: _, ...others }: Record<string, unknown> = config.limits[limit] ?? {};
  const all = value === undefined ? others : { ...others, [entry]: value };
  return withLimit(config, limit, Object.keys(all).length === 0 ? undefined : (all as CgroupLimits[K]));
}

/** Each entry as a setting of its own. */
export function printEntries<K extends KeyedLimit>(
  limit: K,
  keyOf: (entry: string) => string,
  format: (value: Entry<K>) => string,
): ConfigKey['print'] {
  return ({ limits }) => {
    const entries = Object.entries(limits[limit] ?? {}) as readonly (readonly [string, Entry<K>])[];
    return Object.fromEntries(entries.map(([entry, value]) => [keyOf(entry), format(value)]));
  };
}

type Apply = ConfigKey['apply'];

/** Several come as lines. */
export function byLines(
  applyLine: (config: MachineConfig, line: string, refuse: Parameters<Apply>[2]) => MachineConfig,
): Apply {
  return (config, value, refuse) =>
    value.split('\n').reduce((next, line) => applyLine(next, line, refuse), config);
}
