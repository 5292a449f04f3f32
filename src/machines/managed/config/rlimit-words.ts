/** LimitNOFILE= and the like of [Exec], as systemd.exec(5) has them. */
import type { ResourceLimit } from '../../../backends/backend.ts';
import { rlimitFault, rlimitNames } from '../../values/rlimits.ts';
import { type ConfigWord, lastOf } from './word.ts';

type Bound = number | 'unlimited';

const sizes: ReadonlySet<string> = new Set([
  'as',
  'core',
  'data',
  'fsize',
  'memlock',
  'msgqueue',
  'rss',
  'stack',
]);

export const rlimitWords: readonly ConfigWord[] = rlimitNames.map((name) => {
  const key = `Limit${name.toUpperCase()}`;
  return {
    part: ({ rlimits }) => rlimits[name],
    read: (config, values) => {
      const limit = lastOf(values('Exec', key), (value) => parseLimit(name, value));
      return limit === undefined ? config : { ...config, rlimits: { ...config.rlimits, [name]: limit } };
    },
    write: ({ rlimits }) => [
      { section: 'Exec', key, values: rlimits[name] === undefined ? [] : [formatLimit(rlimits[name])] },
    ],
  };
});

/** Undefined too for what only systemd can say: spans of time with their unit, nice levels with their sign. */
function parseLimit(name: string, value: string): ResourceLimit | undefined {
  const [soft, hard = soft, ...more] = value.split(':').map((bound) => parseBound(name, bound));
  if (soft === undefined || hard === undefined || more.length > 0) return undefined;
  return rlimitFault(name, { soft, hard }) === undefined ? { soft, hard } : undefined;
}

function parseBound(name: string, text: string): Bound | undefined {
  if (text === 'infinity') return 'unlimited';
  const [, digits, unit = ''] = /^(\d{1,19})([KMGTPE])?$/.exec(text) ?? [];
  if (digits === undefined || (unit !== '' && !sizes.has(name))) return undefined;
  const bound = Number(digits) * 1024 ** ' KMGTPE'.indexOf(unit || ' ');
  return Number.isSafeInteger(bound) ? bound : undefined;
}

function formatLimit({ soft, hard }: ResourceLimit): string {
  return [soft, hard].map((bound) => (bound === 'unlimited' ? 'infinity' : String(bound))).join(':');
}
