/** Turns machines into the cells of `list`. Pure. */
import { InvalidArgumentError } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import type { MachineSummary } from '../../machines/machines.ts';
import { stateColours } from './paint.ts';
import type { Cell } from './table.ts';
import { formatBytes, formatCpuTime, formatDuration } from './units.ts';

interface Column {
  readonly cell: (machine: MachineSummary, now: number) => Cell;
  /** What sorting compares; null goes last. */
  readonly key: (machine: MachineSummary) => string | number | null;
  readonly right?: true;
}

const none = '-';

const columns = {
  name: { cell: ({ name }) => ({ text: name }), key: ({ name }) => name },
  state: { cell: stateCell, key: ({ state }) => state },
  backend: { cell: ({ backend }) => ({ text: backend }), key: ({ backend }) => backend },
  template: { cell: ({ template }) => ({ text: template }), key: ({ template }) => template },
  pid: { cell: ({ pid }) => number(pid, String), key: ({ pid }) => pid, right: true },
  memory: {
    cell: ({ memoryBytes }) => number(memoryBytes, formatBytes),
    key: ({ memoryBytes }) => memoryBytes,
    right: true,
  },
  cpu: { cell: ({ cpuUsec }) => number(cpuUsec, formatCpuTime), key: ({ cpuUsec }) => cpuUsec, right: true },
  tasks: { cell: ({ tasks }) => number(tasks, String), key: ({ tasks }) => tasks, right: true },
  started: { cell: startedCell, key: ({ startedAt }) => startedAt },
  addresses: {
    cell: ({ addresses }) => ({ text: addresses.length === 0 ? none : addresses.join(' ') }),
    key: ({ addresses }) => addresses[0] ?? null,
  },
  snapshots: {
    cell: ({ snapshots }) => number(snapshots, String),
    key: ({ snapshots }) => snapshots,
    right: true,
  },
  created: { cell: ({ createdAt }) => ({ text: createdAt }), key: ({ createdAt }) => createdAt },
} satisfies Readonly<Record<string, Column>>;

export type ListColumn = keyof typeof columns;

export const listColumns = Object.keys(columns) as readonly ListColumn[];

const standard: readonly ListColumn[] = [
  'name',
  'state',
  'backend',
  'template',
  'pid',
  'memory',
  'cpu',
  'tasks',
  'started',
];

export function chooseColumns(text: string): readonly ListColumn[] {
  return text.split(',').map((word) => {
    const column = findColumn(word);
    if (column === undefined) throw new InvalidArgumentError(`It must be of: ${listColumns.join(', ')}.`);
    return column;
  });
}

export function listRows(
  machines: readonly MachineSummary[],
  chosen: readonly ListColumn[] = standard,
  now: number,
): { readonly heads: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] } {
  const picked = chosen.map((name): readonly [ListColumn, Column] => [name, columns[name]]);
  return {
    heads: picked.map(([name, { right }]) => ({ text: name.toUpperCase(), right })),
    rows: machines.map((machine) => picked.map(([, { cell, right }]) => ({ ...cell(machine, now), right }))),
  };
}

/** `sort`: a column, with a leading hyphen downwards. Equal ones stay by name. */
export function sortMachines(
  machines: readonly MachineSummary[],
  sort: string | undefined,
): readonly MachineSummary[] {
  if (sort === undefined) return machines;
  const down = sort.startsWith('-');
  const name = findColumn(down ? sort.slice(1) : sort);
  if (name === undefined) {
    throw new MachineError('usage', `there is no column ${sort}`, {
      hint: `one of: ${listColumns.join(', ')}`,
    });
  }
  const { key }: Column = columns[name];
  return machines.toSorted((a, b) => compare(key(a), key(b), down));
}

function findColumn(word: string): ListColumn | undefined {
  return listColumns.find((column) => column === word.trim().toLowerCase());
}

function compare(a: string | number | null, b: string | number | null, down: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b !== down ? -1 : 1;
}

/** A machine without a user namespace of its own is marked wherever its state is shown. */
function stateCell({ state, privileged }: MachineSummary): Cell {
  return { text: privileged ? `${state} (privileged)` : state, colour: stateColours[state] };
}

function startedCell({ startedAt }: MachineSummary, now: number): Cell {
  if (startedAt === null) return { text: none };
  return { text: `${formatDuration((now - Date.parse(startedAt)) / 1000)} ago` };
}

function number(value: number | null, format: (value: number) => string): Cell {
  return { text: value === null ? none : format(value) };
}
