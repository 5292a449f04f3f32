/** A sample as a table, for `top --once` and `--batch`. Pure; formatColumns makes every cell safe. */
import { hostname } from 'node:os';
import type { GroupSample, HostUsage, SampleScope, UsageSample } from '../../backends/usage.ts';
import type { Paint } from '../paint.ts';
import { visible } from '../plain-text.ts';
import { type Cell, formatColumns, type TableColumn } from '../table.ts';
import { formatShort } from '../units.ts';
import {
  hasBothBackends,
  isRateColumn,
  isTextColumn,
  sampleName,
  sortSamples,
  type UsageColumn,
  type UsageSort,
  usageColumn,
  usageColumns,
} from './usage-columns.ts';
import { whySlow } from './why-slow.ts';

/** What a table of lines has room for; the rest is in --json and on the full screen. */
const shown: readonly UsageColumn[] = usageColumns.filter(
  (column) => !['riops', 'wiops', 'refaults'].includes(column),
);

export interface TableChoice {
  readonly scope: SampleScope;
  /** Undefined: by processor time, but a tree stays one. */
  readonly sort: UsageSort | undefined;
  readonly paint: Paint;
}

/** One line about the host, the table, and a line for each machine that something holds back. */
export function usageTable(sample: UsageSample, { scope, sort, paint }: TableChoice): readonly string[] {
  const { groups, host } = sample;
  const tree = scope === 'host' && sort === undefined;
  const sorted = tree ? groups : sortSamples(groups, sort ?? { column: 'cpu', down: true });
  return [
    `${visible(hostname())}: ${hostWords(sample, scope)}`,
    ...(sorted.length === 0
      ? ['no machine runs']
      : formatColumns(tableColumns(sample, sorted, tree), sorted.length, paint)),
    ...sorted.flatMap((group) => reasonLine(group, host, paint)),
  ];
}

function tableColumns(
  { groups, seconds }: UsageSample,
  sorted: readonly GroupSample[],
  tree: boolean,
): readonly TableColumn[] {
  const names = hasBothBackends(groups) ? shown : shown.filter((name) => name !== 'backend');
  return names.map((name) => {
    const column = usageColumn(name);
    const head = { text: column.head, right: !isTextColumn(name) };
    if (name === 'name') return { head, cells: sorted.map((group) => ({ text: indented(group, tree) })) };
    // Without rates all say the same.
    const some = seconds === null && isRateColumn(name) ? sorted.slice(0, 1) : sorted;
    return { head, cells: isTextColumn(name) ? some.map(column.cell) : numbersOf(some, column.cell) };
  });
}

/** Groups in which nothing is left share what they use, and are many: those below each other have the same cell. */
function numbersOf(groups: readonly GroupSample[], cell: (sample: GroupSample) => Cell): readonly Cell[] {
  const cells: Cell[] = [];
  for (let row = 0; row < groups.length; row += 1) {
    const group = groups[row] as GroupSample;
    const same = row > 0 && group.usage === groups[row - 1]?.usage;
    cells.push(same ? (cells[row - 1] as Cell) : cell(group));
  }
  return cells;
}

/** "12 machines, processors 1.23 of 2, memory 3.1G of 24G". */
export function hostWords({ host, groups, seconds }: UsageSample, scope: SampleScope): string {
  const noun = scope === 'host' ? 'group' : 'machine';
  return [
    `${groups.length} ${noun}${groups.length === 1 ? '' : 's'}`,
    ...(host.busyCores === null ? [] : [`processors ${host.busyCores.toFixed(2)} of ${host.cores}`]),
    ...(host.memoryBytes === null || host.availableBytes === null
      ? []
      : [`memory ${bytes(host.memoryBytes - host.availableBytes)} of ${bytes(host.memoryBytes)}`]),
    ...(seconds === null ? [] : [`in ${seconds.toFixed(2)} s`]),
  ].join(', ');
}

/** In a tree only the last component, as far in as it lies; the root is a slash. */
export function indented(group: GroupSample, tree: boolean): string {
  if (!tree || group.path === '') return sampleName(group);
  const components = group.path.split('/');
  const mark = group.machine === null ? '' : ' (machine)';
  return `${'  '.repeat(components.length - 1)}${components.at(-1)}${mark}`;
}

function reasonLine(group: GroupSample, host: HostUsage, paint: Paint): readonly string[] {
  const words = whySlow(group, host);
  return words === undefined ? [] : [`${paint('bold', visible(sampleName(group)))}: ${words}`];
}

function bytes(value: number): string {
  return formatShort(value, 1024);
}
