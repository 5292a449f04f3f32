/** What it used, over the time that was watched: the present, or the moment that one has gone back to. */
import type { Amount } from '../../backends/limits.ts';
import type { GroupSample, HostUsage } from '../../backends/usage.ts';
import { formatDuration, formatShort } from '../../presentation/units.ts';
import { fitLeft } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { samplesByName } from '../state/machine-order.ts';
import { type Measure, momentIndex, valueAt } from '../state/past.ts';
import type { Role, Theme } from '../theme.ts';
import { areaChart } from './area-chart.ts';
import { definePane, textLines } from './pane.ts';

interface Chart {
  readonly measures: readonly Measure[];
  readonly title: string;
  readonly role: Role;
  readonly format: (value: number) => string;
  /** What fills the chart at least; undefined: the greatest value that is shown. */
  readonly top?: (sample: GroupSample, host: HostUsage) => number | undefined;
}

const share = (value: number): string => `${Math.round(value * 100)}%`;
const bytes = (value: number): string => `${formatShort(value, 1024)}B`;
const rate = (value: number): string => `${bytes(value)}/s`;

/** The first ones have the room if there is little. */
const charts: readonly Chart[] = [
  {
    measures: ['cpu'],
    title: 'cpu (processors)',
    role: 'good',
    format: (value) => value.toFixed(2),
    top: ({ usage }, host) => numberOf(usage.cpu.limitCores) ?? host.cores,
  },
  {
    measures: ['memory'],
    title: 'memory',
    role: 'busy',
    format: bytes,
    top: ({ usage }) => numberOf(usage.memory.limitBytes),
  },
  { measures: ['throttled'], title: 'throttled by cpu.max', role: 'warning', format: share, top: () => 1 },
  {
    measures: ['cpu waits'],
    title: 'some wait for a processor',
    role: 'warning',
    format: share,
    top: () => 1,
  },
  { measures: ['memory waits'], title: 'some wait for memory', role: 'warning', format: share, top: () => 1 },
  { measures: ['disk waits'], title: 'some wait for disks', role: 'warning', format: share, top: () => 1 },
  { measures: ['read', 'written'], title: 'disks', role: 'cold', format: rate },
  { measures: ['received', 'sent'], title: 'network', role: 'marked', format: rate },
];

export const chartsPane = definePane<undefined>({
  tab: 'charts',
  title: 'Charts',
  place: 'charts',
  choosable: false,
  load: undefined,
  lines: ({ machine, state, theme, width, height }) => {
    const sample = samplesByName(state).get(machine.name);
    if (sample === undefined || state.sample === undefined || state.past.length === 0) {
      return [{ text: theme.paint('dim', 'it does not run: nothing is measured') }];
    }
    const shown = shownMoments(state, width);
    const told = charts.filter(({ measures }) =>
      shown.values(sample.id, measures).some((value) => value !== null),
    );
    const drawn = told.filter(({ measures }) => !isFlat(shown.values(sample.id, measures)));
    const free = height - 1 - told.length;
    const rows = Math.max(1, Math.min(8, Math.floor(free / Math.max(1, drawn.length))));
    return textLines([
      timeLine(shown, state, theme),
      ...told.flatMap((chart) => chartLines(chart, sample, state.sample?.host, { shown, theme, rows })),
    ]);
  },
});

interface Shown {
  /** Which column is looked at. */
  readonly column: number;
  readonly width: number;
  readonly values: (id: string, measures: readonly Measure[]) => readonly (number | null)[];
}

/** As many moments as there are columns: the last ones, or those up to where one has gone back. */
function shownMoments({ past, lookedAt }: DashboardState, width: number): Shown {
  const index = momentIndex(past, lookedAt);
  const begin = Math.max(0, Math.min(past.length - width, index));
  const moments = past.slice(begin, begin + width);
  const pad = width - moments.length;
  return {
    column: pad + index - begin,
    width,
    values: (id, measures) => [
      ...Array.from({ length: pad }, () => null),
      ...moments.map((moment) => sum(measures.map((measure) => valueAt(moment, id, measure)))),
    ],
  };
}

function timeLine({ column }: Shown, { past, lookedAt }: DashboardState, theme: Theme): string {
  const [newest, looked] = [past.at(-1), past[momentIndex(past, lookedAt)]];
  if (lookedAt === undefined || newest === undefined || looked === undefined) {
    return theme.paint('dim', `now; ${theme.unicode ? '←' : 'left'} goes back in time`);
  }
  const ago = `${formatDuration((newest.at - looked.at) / 1000)} before the last`;
  const mark = theme.unicode ? '▼' : 'v';
  // The words stand where there is room for them, beside the mark.
  const text =
    column > ago.length + 1 ? `${ago} ${mark}`.padStart(column + 1) : `${' '.repeat(column)}${mark} ${ago}`;
  return theme.paint('focus', text);
}

function chartLines(
  { measures, title, role, format, top }: Chart,
  sample: GroupSample,
  host: HostUsage | undefined,
  { shown, theme, rows }: { readonly shown: Shown; readonly theme: Theme; readonly rows: number },
): readonly string[] {
  const values = shown.values(sample.id, measures);
  const greatest = Math.max(0, ...values.map((value) => value ?? 0));
  const limit = host === undefined ? undefined : top?.(sample, host);
  const full = limit ?? greatest;
  const each = measures.map((measure) => {
    const value = shown.values(sample.id, [measure])[shown.column] ?? null;
    return `${measures.length > 1 ? `${measure} ` : ''}${value === null ? '-' : format(value)}`;
  });
  const words = `${theme.paint('title', title)}  ${each.join('  ')}  ${theme.paint('dim', `most ${format(greatest)}, full at ${format(full)}`)}`;
  const area = isFlat(values) ? [] : areaChart(values, { rows, top: full, unicode: theme.unicode });
  return [
    fitLeft(words, shown.width, theme.glyphs.cut),
    ...area.map((line) => withCursor(line, shown, role, theme)),
  ];
}

/** The column that is looked at is brighter than the rest, while one looks back. */
function withCursor(line: string, { column, width }: Shown, role: Role, theme: Theme): string {
  if (column === width - 1) return theme.paint(role, line);
  const at = line[column] === ' ' ? (theme.unicode ? '│' : '|') : (line[column] ?? '');
  return (
    theme.paint(role, line.slice(0, column)) +
    theme.paint('focus', at) +
    theme.paint(role, line.slice(column + 1))
  );
}

/** Nothing all the time is told by its title alone: the room is for the others. */
function isFlat(values: readonly (number | null)[]): boolean {
  return values.every((value) => (value ?? 0) === 0);
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
}

function numberOf(amount: Amount | null): number | undefined {
  return typeof amount === 'number' ? amount : undefined;
}
