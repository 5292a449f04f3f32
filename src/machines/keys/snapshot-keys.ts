/** snapshots.schedule and snapshots.expiry: what `snapshot --due` does for a machine. */
import type { MachineConfig } from '../config/config-schema.ts';
import { parseDuration, parsePeriod, periodNames } from '../values/durations.ts';
import type { ConfigKey } from './key.ts';

const NEVER = 'never';

export const snapshotKeys: readonly ConfigKey[] = [
  ruleKey('schedule', {
    summary: 'how often `snapshot --due` takes a snapshot',
    allowed: `${periodNames.join(', ')}, a span such as 6h, or ${NEVER}`,
    values: [...periodNames, NEVER],
    parse: parsePeriod,
  }),
  ruleKey('expiry', {
    summary: 'how long a snapshot that was taken by schedule is kept',
    allowed: `a span such as 36h, 7d or 2w, or ${NEVER}`,
    values: ['36h', '7d', '2w', NEVER],
    parse: parseDuration,
  }),
];

interface Rule {
  readonly summary: string;
  readonly allowed: string;
  readonly values: readonly string[];
  readonly parse: (value: string) => number | undefined;
}

function ruleKey(rule: 'schedule' | 'expiry', { summary, allowed, values, parse }: Rule): ConfigKey {
  const name = `snapshots.${rule}`;
  return {
    name,
    summary,
    allowed,
    values,
    print: ({ snapshots }) => ({ [name]: snapshots?.[rule] ?? NEVER }),
    apply: (config, value, refuse) => {
      if (value === '' || value === NEVER) return withRule(config, rule, undefined);
      return parse(value) === undefined ? refuse() : withRule(config, rule, value);
    },
  };
}

function withRule(
  config: MachineConfig,
  rule: 'schedule' | 'expiry',
  value: string | undefined,
): MachineConfig {
  const { snapshots: before = {}, ...others } = config;
  const { [rule]: _, ...rest } = before;
  const snapshots = value === undefined ? rest : { ...rest, [rule]: value };
  return Object.keys(snapshots).length === 0 ? others : { ...others, snapshots };
}
