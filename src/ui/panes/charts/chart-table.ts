/** What there are charts of, in the order in which they have the room. Pure. */
import { formatShort } from '../../../presentation/units.ts';
import type { DashboardState } from '../../state/dashboard-state.ts';
import { samplesByName } from '../../state/machine-order.ts';
import { type Measure, valueAt } from '../../state/past.ts';
import type { Role } from '../../theme.ts';

export interface Series {
  readonly measure: Measure;
  /** Undefined: it is the only one. */
  readonly word?: string;
  readonly role: Role;
}

export interface Chart {
  readonly title: string;
  /** The first one lies over the second, which is dotted. */
  readonly series: readonly Series[];
  /** Whether they are parts of a whole. */
  readonly adds?: true;
  readonly limit?: { readonly measure: Measure; readonly word: string };
  readonly kind: Kind;
}

/** How numbers are told, and how few still fill a chart's least range. */
export interface Kind {
  readonly format: (value: number) => string;
  readonly least: number;
  /** Each step of units; 1: there are none. */
  readonly base: 1 | 1000 | 1024;
  /** On the axis numbers are times that. */
  readonly times: number;
  readonly unit: string;
}

const KIB = 1024;
const plain = { base: 1, times: 1, unit: '' } as const;
const processors: Kind = { ...plain, format: (value) => value.toFixed(2), least: 0.1 };
const share: Kind = {
  ...plain,
  format: (value) => `${Math.round(value * 100)}%`,
  least: 0.1,
  times: 100,
  unit: '%',
};
const count: Kind = { ...plain, base: 1000, format: (value) => formatShort(value, 1000), least: 4 };
const bytes: Kind = { ...plain, base: 1024, format: (value) => `${formatShort(value, 1024)}B`, least: KIB };
const rate: Kind = { ...bytes, format: (value) => `${formatShort(value, 1024)}B/s` };

function waits(what: 'cpu' | 'memory' | 'disks', title: string): Chart {
  return {
    title,
    series: [
      { measure: `some wait for ${what}`, word: 'some', role: 'warning' },
      { measure: `all wait for ${what}`, word: 'all', role: 'danger' },
    ],
    kind: share,
  };
}

export const charts: readonly Chart[] = [
  {
    title: 'cpu (processors)',
    series: [{ measure: 'cpu', role: 'good' }],
    limit: { measure: 'cpu limit', word: 'cpu.max' },
    kind: processors,
  },
  {
    title: 'memory',
    series: [{ measure: 'memory', role: 'busy' }],
    limit: { measure: 'memory limit', word: 'memory.max' },
    kind: bytes,
  },
  {
    title: 'disks',
    series: [
      { measure: 'read', word: 'read', role: 'cold' },
      { measure: 'written', word: 'written', role: 'busy' },
    ],
    adds: true,
    kind: rate,
  },
  {
    title: 'network',
    series: [
      { measure: 'received', word: 'received', role: 'marked' },
      { measure: 'sent', word: 'sent', role: 'good' },
    ],
    adds: true,
    kind: rate,
  },
  { title: 'throttled by cpu.max', series: [{ measure: 'throttled', role: 'warning' }], kind: share },
  waits('cpu', 'waits for a processor'),
  waits('memory', 'waits for memory'),
  waits('disks', 'waits for disks'),
  {
    title: 'tasks',
    series: [{ measure: 'tasks', role: 'key' }],
    limit: { measure: 'tasks limit', word: 'pids.max' },
    kind: count,
  },
];

/** What was not measured is no number. */
export function formatted({ format }: Kind, value: number | null): string {
  return value === null ? '-' : format(value);
}

/** Those of which something was measured: a host may not tell it. */
export function toldCharts(state: DashboardState): readonly Chart[] {
  const id = samplesByName(state).get(state.selected ?? '')?.id;
  if (id === undefined) return [];
  return charts.filter(({ series }) =>
    series.some(({ measure }) => state.past.some((moment) => valueAt(moment, id, measure) !== null)),
  );
}
