/** net_cls and net_prio of v1: cgroup-v1/net_cls.rst, cgroup-v1/net_prio.rst. Elsewhere a program does the same (../marks). */
import { type LimitFiles, type LimitTable, PROGRAM } from './limit.ts';
import { numberFile, parseNumber } from './one-value.ts';

type ByInterface = Readonly<Record<string, number>>;

export const netLimits: LimitTable<'net_cls.classid' | 'net_prio.ifpriomap'> = {
  'net_cls.classid': { standard: 0, unified: PROGRAM, legacy: numberFile('net_cls.classid') },
  'net_prio.ifpriomap': {
    standard: {},
    unified: PROGRAM,
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
