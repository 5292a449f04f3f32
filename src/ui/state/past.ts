/**
 * What machines used, for as long as somebody watches, at most a quarter of an hour: what the tab Charts goes back in. Of a sample only
 * numbers are kept, in one array, so that an hour with hundreds of machines costs a few megabytes. Pure.
 */
import type { Amount } from '../../backends/limits.ts';
import type { GroupSample, UsageSample } from '../../backends/usage.ts';

const measures = {
  cpu: ({ usage }) => usage.cpu.cores,
  'cpu limit': ({ usage }) => numberOf(usage.cpu.limitCores),
  throttled: ({ usage }) => usage.cpu.throttledShare,
  memory: ({ usage }) => usage.memory.bytes,
  'memory limit': ({ usage }) => numberOf(usage.memory.limitBytes),
  swap: ({ usage }) => usage.swap.bytes,
  'swap limit': ({ usage }) => numberOf(usage.swap.limitBytes),
  tasks: ({ usage }) => usage.tasks.count,
  'tasks limit': ({ usage }) => numberOf(usage.tasks.limit),
  read: ({ usage }) => usage.io.rbps,
  written: ({ usage }) => usage.io.wbps,
  received: ({ usage }) => usage.network.rxBytes,
  sent: ({ usage }) => usage.network.txBytes,
  'some wait for cpu': ({ usage }) => usage.pressure.cpu.some,
  'all wait for cpu': ({ usage }) => usage.pressure.cpu.full,
  'some wait for memory': ({ usage }) => usage.pressure.memory.some,
  'all wait for memory': ({ usage }) => usage.pressure.memory.full,
  'some wait for disks': ({ usage }) => usage.pressure.io.some,
  'all wait for disks': ({ usage }) => usage.pressure.io.full,
} as const satisfies Readonly<Record<string, (group: GroupSample) => number | null>>;

export type Measure = keyof typeof measures;

const names = Object.keys(measures) as readonly Measure[];
/** Charts ask for many thousands of values. */
const columnOf: ReadonlyMap<Measure, number> = new Map(names.map((name, column) => [name, column]));

export interface Moment {
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  /** Of each group, by id, which row of the values is its. */
  readonly rows: ReadonlyMap<string, number>;
  readonly values: Float32Array;
}

/** Oldest first. */
export type Past = readonly Moment[];

const MOST_MOMENTS = 900;
/** 8 MiB. */
const MOST_VALUES = 1 << 21;

/** @param at milliseconds of the monotonic clock */
export function remembered(past: Past, { groups }: UsageSample, at: number): Past {
  const last = past.at(-1)?.rows;
  const same =
    last !== undefined && last.size === groups.length && groups.every(({ id }, row) => last.get(id) === row);
  const rows = same ? last : new Map(groups.map(({ id }, row) => [id, row]));
  const values = new Float32Array(groups.length * names.length);
  for (const [row, group] of groups.entries()) {
    for (const [column, name] of names.entries()) {
      values[row * names.length + column] = measures[name](group) ?? Number.NaN;
    }
  }
  const room = Math.max(60, Math.min(MOST_MOMENTS, Math.floor(MOST_VALUES / Math.max(1, values.length))));
  return [...past.slice(Math.max(0, past.length - room + 1)), { at, rows, values }];
}

/** Null: it was not there, or it was not measured. */
export function valueAt(moment: Moment, id: string, measure: Measure): number | null {
  const row = moment.rows.get(id);
  const value =
    row === undefined ? Number.NaN : moment.values[row * names.length + (columnOf.get(measure) ?? 0)];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The last moment not after `at`; undefined: the present is looked at. */
export function momentIndex(past: Past, at: number | undefined): number {
  if (at === undefined) return past.length - 1;
  const after = past.findIndex((moment) => moment.at > at);
  return Math.max(0, after === -1 ? past.length - 1 : after - 1);
}

/** A step in time from where one looks; what is stepped to, or undefined for the present. */
export function steppedTo(past: Past, at: number | undefined, step: number): number | undefined {
  const index = Math.max(0, momentIndex(past, at) + step);
  return index >= past.length - 1 ? undefined : past[index]?.at;
}

/**
 * The moments that charts show: they end with the first one of a second, so that charts are drawn no more than once a second however often
 * samples are taken.
 */
export function wholeSeconds(past: Past): Past {
  const second = (index: number): number => Math.floor((past[index]?.at ?? 0) / 1000);
  let end = past.length - 1;
  while (end > 0 && second(end) === second(end - 1)) end -= 1;
  return end === past.length - 1 ? past : past.slice(0, end + 1);
}

/** Of what has no limit, none. */
function numberOf(amount: Amount | null): number | null {
  return typeof amount === 'number' ? amount : null;
}
