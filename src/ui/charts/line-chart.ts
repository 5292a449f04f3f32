import Line from 'blessed-contrib/lib/widget/charts/line.js';
import { type Cell, type Drawing, LABELS, type LineChart, type Picture } from './drawing.ts';
import { attach, pictureOf } from './off-screen/blessed.ts';
import { inkOf } from './off-screen/ink.ts';

/** What the chart takes off its element's size for a border, in cells, and an empty row that it leaves below. */
const BORDER = { width: 6, height: 2 };
const EMPTY_ROWS = 1;
/** Axis and times. */
const AXIS_ROWS = 2;
/** In dots: of its lower axis. */
const AXIS_DOTS = 11;
/** A little more than it leaves: what is as great as the top lies in the first row, however numbers are rounded. */
const GAP_DOTS = 2.01;
const DOTS = { width: 2, height: 4 };

/** One value a column. */
export const lineChart: Drawing['lineChart'] = (chart) => {
  const { width, height, top, step, curves, times, axisInk } = chart;
  const rows = times === undefined ? height + AXIS_ROWS : height;
  const dots = (rows + EMPTY_ROWS) * DOTS.height - AXIS_DOTS;
  const maxY = (top * dots) / (dots - GAP_DOTS);
  const line = attach(
    new Line({
      width: width + BORDER.width,
      height: rows + EMPTY_ROWS + BORDER.height,
      xPadding: LABELS * DOTS.width,
      maxY,
      numYLabels: maxY / step,
      style: { text: axisInk, baseline: axisInk },
    }),
  );
  // One more than values: then each has a column, and the last one the last.
  const columns = width - LABELS;
  const labels = Array.from({ length: columns }, (_, column) => times?.get(column) ?? '');
  line.setData([
    // The first one has the times and no values: else it would be the chart that chooses which times are shown.
    { x: labels, y: [] },
    ...curves.map(({ values, ink, dotted }) => ({
      x: labels,
      y: values.map((value) => value ?? Number.NaN),
      style: { line: inkOf(ink, dotted) },
    })),
  ]);
  return withUnits(pictureOf(line), chart);
};

/** The labels stand at the axis, with their unit. */
function withUnits(picture: Picture, { width, height, unit, axisInk }: LineChart): Picture {
  const labels = Array.from({ length: height }, (_, row) => {
    const text = Array.from({ length: LABELS }, (_, column) => picture.at(column, row)?.glyph ?? '').join('');
    return (/^\d/.test(text) && text !== '0' ? text + unit : text).slice(0, LABELS).padStart(LABELS);
  });
  const at = (column: number, row: number): Cell | undefined => {
    if (column >= LABELS) return picture.at(column, row);
    const glyph = labels[row]?.[column] ?? ' ';
    return glyph === ' ' ? undefined : { glyph, ink: axisInk, dotted: false };
  };
  return { width, height, at };
}
