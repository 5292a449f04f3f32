/** rlimit.*: resource limits of the first process. An empty value takes one away. */
import type { ResourceLimit } from '../../../backends/backend.ts';
import { rlimitFault, rlimitNames } from '../../values/rlimits.ts';
import type { ConfigKey, Refuse } from '../key.ts';

export const rlimitKeys: readonly ConfigKey[] = [
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
