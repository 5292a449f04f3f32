/** Turns machines into the cells of `list`. Pure. */
import { InvalidArgumentError } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import type { DiskUsage, MachineSummary } from '../../machines/machines.ts';
import { stateColours } from '../paint.ts';
import type { Cell } from '../table.ts';
import { formatBytes, formatCpuTime, formatDistance } from '../units.ts';

/** `disk` is there only where it is asked for: it takes a look at every file. Null: it is not known. */
export interface ListedMachine extends MachineSummary {
  readonly disk?: DiskUsage | null;
}

interface Column {
  readonly cell: (machine: ListedMachine, now: number) => Cell;
  /** What sorting compares; null goes last. */
  readonly key: (machine: ListedMachine) => string | number | null;
  readonly right?: true;
}

const none = '-';

const columns = {
  name: { cell: ({ name }) => ({ text: name }), key: ({ name }) => name },
  state: { cell: stateCell, key: ({ state }) => state },
  backend: { cell: ({ backend }) => ({ text: backend }), key: ({ backend }) => backend },
  template: { cell: ({ template }) => ({ text: template || none }), key: ({ template }) => template || null },
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
  disk: { cell: diskCell, key: ({ disk }) => disk?.ownBytes ?? null, right: true },
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
  machines: readonly ListedMachine[],
  chosen: readonly ListColumn[] = standard,
  now: number,
): { readonly heads: readonly Cell[]; readonly rows: readonly (readonly Cell[])[] } {
  const picked = chosen.map((name): readonly [ListColumn, Column] => [name, columns[name]]);
  return {
    heads: picked.map(([name, { right }]) => ({ text: name.toUpperCase(), right })),
    rows: machines.map((machine) => picked.map(([, { cell }]) => cell(machine, now))),
  };
}

/** `sort`: a column, with a leading hyphen downwards. Equal ones stay by name. */
export function sortMachines(
  machines: readonly ListedMachine[],
  sort: string | undefined,
): readonly ListedMachine[] {
  if (sort === undefined) return machines;
  const { key }: Column = columns[sortColumn(sort)];
  return machines.toSorted((a, b) => compare(key(a), key(b), sort.startsWith('-')));
}

/** Throws MachineError `usage`. */
export function sortColumn(sort: string): ListColumn {
  const name = findColumn(sort.replace(/^-/, ''));
  if (name !== undefined) return name;
  throw new MachineError('usage', `there is no column ${sort}`, {
    hint: `one of: ${listColumns.join(', ')}`,
  });
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
  return { text: formatDistance(startedAt, now) };
}

function diskCell({ disk }: ListedMachine): Cell {
  return { text: disk === undefined || disk === null ? none : diskWords(disk), right: true };
}

export function diskWords({ ownBytes, sharedBytes }: DiskUsage): string {
  return `${formatBytes(ownBytes)} own, ${formatBytes(sharedBytes)} shared`;
}

function number(value: number | null, format: (value: number) => string): Cell {
  return { text: value === null ? none : format(value), right: true };
}
