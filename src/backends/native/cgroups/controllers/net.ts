/** net_cls and net_prio, which v1 alone has: cgroup-v1/net_cls.rst, cgroup-v1/net_prio.rst. */
import type { LimitFiles, LimitTable } from './limit.ts';
import { numberFile, parseNumber } from './one-value.ts';

type ByInterface = Readonly<Record<string, number>>;

/** On its way out of a network namespace a packet loses its mark and its priority: skb_scrub_packet, __dev_forward_skb. */
const NO_MARKS =
  'v2 has nothing of the kind, and no mark leaves the network namespace of a machine: match its interface or address in nft or tc';

export const netLimits: LimitTable<'net_cls.classid' | 'net_prio.ifpriomap'> = {
  'net_cls.classid': { standard: 0, unified: NO_MARKS, legacy: numberFile('net_cls.classid') },
  'net_prio.ifpriomap': {
    standard: {},
    unified: NO_MARKS,
    legacy: priorities('net_prio.ifpriomap'),
  },
};

/** A line for each interface; 0 is what all begin with. */
function priorities(file: string): LimitFiles<ByInterface> {
  return {
    writes: ({ before, after }) =>
      [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => ({
        file,
        value: `${name} ${after[name] ?? 0}`,
        restore: (text) => text.split('\n').find((line) => line.startsWith(`${name} `)) ?? `${name} 0`,
      })),
    inForce: (read) => {
      const lines = read(file)?.split('\n');
      return lines && Object.fromEntries(lines.flatMap(parseLine));
    },
  };
}

function parseLine(line: string): readonly (readonly [string, number])[] {
  const [name = '', value] = line.trim().split(' ');
  const priority = parseNumber(value);
  return priority === undefined || priority === 0 ? [] : [[name, priority]];
}
