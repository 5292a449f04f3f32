/** snapshots.schedule and snapshots.expiry: what `snapshot --due` does for a machine. */
import { parseDuration, parsePeriod, periodNames } from '../values/durations.ts';
import type { ConfigKey } from './key.ts';
import { withMember } from './members.ts';

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
      if (value === '' || value === NEVER) return withMember(config, 'snapshots', rule, undefined);
      return parse(value) === undefined ? refuse() : withMember(config, 'snapshots', rule, value);
    },
  };
}
