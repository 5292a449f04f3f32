/** Samples become cells: the columns of `top`. Pure. */

import type { BackendName } from '../../backends/backend.ts';
import type { Amount } from '../../backends/limits.ts';
import type { GroupSample, Pressure } from '../../backends/usage.ts';
import { MachineError } from '../../machines/errors.ts';
import type { Colour } from '../paint.ts';
import type { Cell } from '../table.ts';
import { formatShort } from '../units.ts';

interface Column {
  readonly head: string;
  readonly cell: (sample: GroupSample) => Cell;
  /** What sorting compares; null goes last. */
  readonly key: (sample: GroupSample) => string | number | null;
  /** Characters. */
  readonly width: number;
  /** What it means, for the help. */
  readonly meaning: string;
}

const NONE = '-';
const NO_NUMBER: Cell = { text: NONE, right: true, colour: 'dim' };
const NO_SHARE: Cell = { text: NONE, right: true };
/** From here on a share is worth a look, and from there on it hurts. */
const [WARM, HOT] = [0.5, 0.9];
const [SOME_WAITING, MUCH_WAITING] = [0.05, 0.25];

const columns = {
  name: {
    head: 'NAME',
    cell: (sample) => ({ text: sampleName(sample) }),
    key: sampleName,
    width: 24,
    meaning: 'the machine',
  },
  state: {
    head: 'STATE',
    cell: stateCell,
    key: ({ frozen }) => (frozen === null ? null : Number(frozen)),
    width: 9,
    meaning: 'running, frozen, starting, stopping, or without processes',
  },
  backend: {
    head: 'BACKEND',
    cell: ({ backend }) => ({ text: backend ?? NONE }),
    key: ({ backend }) => backend ?? null,
    width: 7,
    meaning: 'who runs the machine: where there are machines of both backends',
  },
  cpu: number('CPU', 5, 'processors in use: 1.5 is one and a half', ({ usage }) => usage.cpu.cores, cores),
  quota: share('%MAX', 5, 'processor time of cpu.max', ({ usage: { cpu } }) =>
    ratio(cpu.cores, cpu.limitCores),
  ),
  throttled: waiting('THROT', 5, 'of the time held back by cpu.max', ({ usage }) => usage.cpu.throttledShare),
  memory: number('MEMORY', 6, 'memory, cache of files included', ({ usage }) => usage.memory.bytes, bytes),
  limit: share('%LIM', 5, 'memory of memory.max', ({ usage: { memory } }) =>
    ratio(memory.bytes, memory.limitBytes),
  ),
  cache: number('CACHE', 5, 'of the memory, cache of files', ({ usage }) => usage.memory.fileBytes, bytes),
  refaults: number(
    'REFLT',
    5,
    'pages a second read again soon after',
    ({ usage }) => usage.memory.refaults,
    short,
  ),
  swap: number('SWAP', 5, 'swap', ({ usage }) => usage.swap.bytes, bytes),
  read: number('READ/s', 6, 'bytes a second read from disks', ({ usage }) => usage.io.rbps, bytes),
  write: number('WRITE/s', 7, 'bytes a second written to disks', ({ usage }) => usage.io.wbps, bytes),
  riops: number('RIOPS', 5, 'reads a second', ({ usage }) => usage.io.riops, short),
  wiops: number('WIOPS', 5, 'writes a second', ({ usage }) => usage.io.wiops, short),
  tasks: {
    ...number('TASKS', 5, 'processes and threads', ({ usage }) => usage.tasks.count, String),
    cell: ({ usage: { tasks } }) => {
      if (tasks.count === null) return NO_SHARE;
      const near = ratio(tasks.count, tasks.limit) ?? 0;
      return { text: String(tasks.count), right: true, colour: heat(near) };
    },
  },
  rx: number('RX/s', 5, 'bytes a second from the network', ({ usage }) => usage.network.rxBytes, bytes),
  tx: number('TX/s', 5, 'bytes a second to the network', ({ usage }) => usage.network.txBytes, bytes),
  'cpu-pressure': pressure('P:CPU', 'for a processor', ({ usage }) => usage.pressure.cpu),
  'memory-pressure': pressure('P:MEM', 'for memory', ({ usage }) => usage.pressure.memory),
  'io-pressure': pressure('P:IO', 'for disks', ({ usage }) => usage.pressure.io),
} satisfies Readonly<Record<string, Column>>;

export type UsageColumn = keyof typeof columns;

export const usageColumns = Object.keys(columns) as readonly UsageColumn[];

/** Of words, not numbers. */
export function isTextColumn(name: UsageColumn): boolean {
  return name === 'name' || name === 'state' || name === 'backend';
}

const ofNow: readonly UsageColumn[] = [
  'name',
  'state',
  'backend',
  'memory',
  'limit',
  'cache',
  'swap',
  'tasks',
];

/** Of numbers that are null in the first sample. */
export function isRateColumn(name: UsageColumn): boolean {
  return !ofNow.includes(name);
}

/** Whether the backend tells machines apart: else its column says nothing. */
export function hasBothBackends(machines: readonly { readonly backend?: BackendName }[]): boolean {
  const first = machines.find(({ backend }) => backend !== undefined)?.backend;
  return machines.some(({ backend }) => backend !== undefined && backend !== first);
}

export function usageColumn(name: UsageColumn): Column {
  return columns[name];
}

export interface UsageSort {
  readonly column: UsageColumn;
  readonly down: boolean;
}

export const standardSort: UsageSort = { column: 'cpu', down: true };

/**
 * As in `list`: a column, with a leading hyphen downwards. Who asks for a number wants the largest, so that is first without a
 * hyphen too; a plus turns it upwards.
 * @throws MachineError `usage`
 */
export function parseUsageSort(text: string): UsageSort {
  const word = text.replace(/^[-+]/, '').trim().toLowerCase();
  const column = usageColumns.find((candidate) => candidate === word);
  if (column === undefined) {
    throw new MachineError('usage', `there is no column ${text}`, {
      hint: `one of: ${usageColumns.join(', ')}`,
    });
  }
  return {
    column,
    down: text.startsWith('-') || (!text.startsWith('+') && column !== 'name' && column !== 'backend'),
  };
}

/** Equal ones stay by name. */
export function sortSamples(
  samples: readonly GroupSample[],
  { column, down }: UsageSort,
): readonly GroupSample[] {
  const { key }: Column = columns[column];
  return [...samples].sort(
    (a, b) => compare(key(a), key(b), down) || compare(sampleName(a), sampleName(b), false),
  );
}

function compare(a: string | number | null, b: string | number | null, down: boolean): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b !== down ? -1 : 1;
}

export function sampleName({ machine, path }: GroupSample): string {
  return machine ?? (path === '' ? '/' : path);
}

function stateCell({ frozen, phase, usage: { tasks } }: GroupSample): Cell {
  if (frozen === true) return { text: 'frozen', colour: 'blue' };
  if (phase === 'starting') return { text: phase, colour: 'cyan' };
  if (phase === 'stopping') return { text: phase, colour: 'yellow' };
  if (tasks.count === 0) return { text: 'empty', colour: 'dim' };
  return frozen === null ? { text: NONE } : { text: 'running', colour: 'green' };
}

type Read = (sample: GroupSample) => number | null;

function number(
  head: string,
  width: number,
  meaning: string,
  read: Read,
  format: (value: number) => string,
): Column {
  const cell = (sample: GroupSample): Cell => {
    const value = read(sample);
    if (value === null) return NO_NUMBER;
    // Of many zeros the few that are none should meet the eye.
    return { text: format(value), right: true, colour: value === 0 ? 'dim' : undefined };
  };
  return { head, cell, key: read, width, meaning };
}

function share(head: string, width: number, meaning: string, read: Read): Column {
  const cell = (sample: GroupSample): Cell => {
    const value = read(sample);
    return value === null ? NO_SHARE : { text: percent(value), right: true, colour: heat(value) };
  };
  return { head, cell, key: read, width, meaning: `share of ${meaning}` };
}

function waiting(head: string, width: number, meaning: string, read: Read): Column {
  const cell = (sample: GroupSample): Cell => {
    const value = read(sample);
    return value === null ? NO_NUMBER : { text: percent(value), right: true, colour: hurt(value) };
  };
  return { head, cell, key: read, width, meaning: `share ${meaning}` };
}

function pressure(head: string, meaning: string, read: (sample: GroupSample) => Pressure): Column {
  return {
    head,
    cell: (sample) => {
      const { some, full } = read(sample);
      if (some === null) return NO_NUMBER;
      const text = `${hundredths(some)}/${full === null ? NONE : hundredths(full)}`;
      return { text, right: true, colour: hurt(some) };
    },
    key: (sample) => read(sample).some,
    width: 7,
    meaning: `percent of the time that some/all of it waited ${meaning}`,
  };
}

function ratio(value: number | null, limit: Amount | null): number | null {
  return value === null || typeof limit !== 'number' || limit === 0 ? null : value / limit;
}

function heat(value: number): Colour | undefined {
  return value >= HOT ? 'red' : value >= WARM ? 'yellow' : undefined;
}

function hurt(value: number): Colour | undefined {
  return value >= MUCH_WAITING ? 'red' : value >= SOME_WAITING ? 'yellow' : value === 0 ? 'dim' : undefined;
}

function cores(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

function bytes(value: number): string {
  return formatShort(value, 1024);
}

function short(value: number): string {
  return formatShort(value);
}

function percent(value: number): string {
  return `${Math.round(value * 100)}%`;
}

function hundredths(value: number): string {
  return String(Math.round(value * 100));
}
