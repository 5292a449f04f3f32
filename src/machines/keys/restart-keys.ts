/** restart.policy, .delay, .max-delay and .limit: whether a machine that ended by itself is started again. */
import type { MachineConfig } from '../config/config-schema.ts';
import { isWithin, restartCount, restartSpanMs } from '../values/bounds.ts';
import { formatSpan, parseSpan } from '../values/durations.ts';
import type { ConfigKey } from './key.ts';
import { withMember } from './members.ts';

type Restart = NonNullable<MachineConfig['restart']>;

const NO = 'no';
const NONE = 'none';
const policies = ['on-failure', 'always'] as const;

/** In place of what nobody set. */
export const restartDefaults = {
  delayMs: 1000,
  maxDelayMs: 5 * 60_000,
  limit: { restarts: 5, withinMs: 10 * 60_000 },
} as const;

export const restartKeys: readonly ConfigKey[] = [
  {
    name: 'restart.policy',
    summary: 'whether a machine that ended by itself is started again',
    allowed: `${policies.join(', ')}, ${NO}`,
    values: [...policies, NO],
    print: ({ restart }) => ({ 'restart.policy': restart?.policy ?? NO }),
    apply: (config, value, refuse) => {
      if (value === '' || value === NO) return withMember(config, 'restart', 'policy', undefined);
      return withMember(config, 'restart', 'policy', policies.find((policy) => policy === value) ?? refuse());
    },
  },
  delayKey('delay', 'delayMs', 'how long it stays down before that; doubled with each further restart'),
  delayKey('max-delay', 'maxDelayMs', 'the longest that it stays down between restarts'),
  {
    name: 'restart.limit',
    summary: 'how often it is restarted within how long, before it stays down',
    allowed: `COUNT/SPAN such as 5/10m, or ${NONE}`,
    values: ['5/10m', '10/1h', NONE],
    print: ({ restart }) => ({ 'restart.limit': formatLimit(restart?.limit ?? restartDefaults.limit) }),
    apply: (config, value, refuse) => {
      if (value === '') return withMember(config, 'restart', 'limit', undefined);
      const limit = value === NONE ? NONE : (parseLimit(value) ?? refuse());
      const isDefault = formatLimit(limit) === formatLimit(restartDefaults.limit);
      return withMember(config, 'restart', 'limit', isDefault ? undefined : limit);
    },
  },
];

function delayKey(word: string, member: 'delayMs' | 'maxDelayMs', summary: string): ConfigKey {
  const name = `restart.${word}`;
  return {
    name,
    summary,
    allowed: 'a span such as 500ms, 10s or 5m, up to 1d',
    values: ['1s', '10s', '1m'],
    print: ({ restart }) => ({ [name]: formatSpan(restart?.[member] ?? restartDefaults[member]) }),
    apply: (config, value, refuse) => {
      if (value === '') return withMember(config, 'restart', member, undefined);
      const span = parseSpan(value) ?? refuse();
      if (!isWithin(span, restartSpanMs)) return refuse();
      return withMember(config, 'restart', member, span === restartDefaults[member] ? undefined : span);
    },
  };
}

function parseLimit(text: string): Exclude<Restart['limit'], undefined> | undefined {
  const [, count = '', span = ''] = /^(\d{1,6})\/(\S+)$/.exec(text) ?? [];
  const withinMs = parseSpan(span);
  const fits = withinMs !== undefined && withinMs > 0 && isWithin(withinMs, restartSpanMs);
  return fits && isWithin(Number(count), restartCount) ? { restarts: Number(count), withinMs } : undefined;
}

export function formatLimit(limit: Exclude<Restart['limit'], undefined>): string {
  return limit === NONE ? NONE : `${limit.restarts}/${formatSpan(limit.withinMs)}`;
}
