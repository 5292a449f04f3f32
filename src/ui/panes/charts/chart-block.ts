/** One chart: what it is of and its values in words, and below that its lines. Pure. */
import { type Curve, type Drawing, LABELS, plotWidth } from '../../charts/drawing.ts';
import { fitLeft } from '../../row-text.ts';
import type { Role, Theme } from '../../theme.ts';
import { type Chart, formatted } from './chart-table.ts';
import { pictureRows } from './picture-rows.ts';
import { scaleOf } from './scale.ts';
import { type Columns, columnsOf, type ShownTime, timesBelow, valueNow, valuesOf } from './shown-time.ts';

export interface ChartSource {
  readonly drawing: Drawing;
  readonly time: ShownTime;
  /** Of the group. */
  readonly id: string;
  readonly theme: Theme;
}

export interface Block {
  readonly width: number;
  /** The line of words is one of them. */
  readonly height: number;
  readonly chosen: boolean;
  /** Whether times stand below it. */
  readonly hasTimes: boolean;
}

const limitRole: Role = 'danger';
const AXIS_ROWS = 2;

export function chartBlock(chart: Chart, source: ChartSource, block: Block): readonly string[] {
  const { theme, time } = source;
  const columns = columnsOf(time, plotWidth(block.width));
  const rows = block.height - 1;
  const plotRows = block.hasTimes ? rows - AXIS_ROWS : rows;
  const peak = peakOf(chart, columns, source.id);
  const words = fitLeft(wordsOf(chart, source, block.chosen, peak), block.width, theme.glyphs.cut);
  if (plotRows < 1) return [words];
  return [words, ...lines()];

  function lines(): readonly string[] {
    const limits = chart.limit === undefined ? [] : valuesOf(columns, source.id, chart.limit.measure);
    const limit = Math.max(0, ...limits.map((value) => value ?? 0));
    const { divisor, unit, top, step, showsLimit } = scaleOf(peak, limit || null, chart.kind, plotRows);
    const scaled = (values: readonly (number | null)[]) =>
      values.map((value) => (value === null ? null : value / divisor));
    const curves: readonly Curve[] = chart.series.map(({ measure, role }, index) => ({
      values: scaled(valuesOf(columns, source.id, measure)),
      ink: role,
      dotted: index > 0,
    }));
    const limitCurve: Curve = { values: scaled(limits), ink: limitRole, dotted: true };
    const picture = source.drawing.lineChart({
      width: block.width,
      height: rows,
      top,
      step,
      unit,
      curves: [...(showsLimit ? [limitCurve] : []), ...curves.toReversed()],
      times: block.hasTimes ? timesBelow(columns, time.past) : undefined,
      axisInk: 'dim' satisfies Role,
    });
    const cursor = { column: LABELS + 1 + columns.looked, end: plotRows };
    return pictureRows(picture, {
      theme,
      roleOf: (ink) => ink as Role,
      ...(time.looksBack ? { cursor } : {}),
    });
  }
}

function peakOf({ series }: Chart, columns: Columns, id: string): number {
  return Math.max(
    0,
    ...series.flatMap(({ measure }) => valuesOf(columns, id, measure).map((value) => value ?? 0)),
  );
}

/** The values are those of the time that is looked at. */
function wordsOf(chart: Chart, source: ChartSource, chosen: boolean, peak: number): string {
  const { time, id, theme } = source;
  const { title, limit, kind } = chart;
  const pointer = chosen ? theme.paint('focus', theme.glyphs.pointer) : ' ';
  const most = limit === undefined ? null : valueNow(time, id, limit.measure);
  const about = [
    `most ${kind.format(peak)}`,
    ...(limit === undefined || most === null ? [] : [`${limit.word} ${kind.format(most)}`]),
  ];
  return `${pointer}${theme.paint('title', title)}  ${valuesInWords(chart, source)}  ${theme.paint('dim', about.join(', '))}`;
}

/** Of two, each with how its line looks. */
function valuesInWords({ series, kind }: Chart, { time, id, theme }: ChartSource): string {
  return series
    .map(({ measure, word, role }, index) => {
      const text = formatted(kind, valueNow(time, id, measure));
      const line = index > 0 ? (theme.unicode ? '┄' : ':') : theme.glyphs.horizontal;
      return theme.paint(role, word === undefined ? text : `${line} ${word} ${text}`);
    })
    .join('  ');
}
