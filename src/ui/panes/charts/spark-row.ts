/** A chart for which there is one row. Pure. */
import { fitLeft, fitRight, widthOf } from '../../row-text.ts';
import type { Theme } from '../../theme.ts';
import type { ChartSource } from './chart-block.ts';
import { type Chart, formatted } from './chart-table.ts';
import { type Columns, columnsOf, valueNow, valuesOf } from './shown-time.ts';

const TITLE = 22;
/** Of the values, with their words and without. */
const WORDS = 33;
const NUMBERS = 20;
/** From here on there is room for the words. */
const WITH_WORDS = 68;
/** In ASCII; the first is nothing. */
const letters = '.:-=+*#@';
const blocks = '▁▂▃▄▅▆▇█';

export function sparkRow(
  chart: Chart,
  source: ChartSource,
  { width, chosen }: { readonly width: number; readonly chosen: boolean },
): string {
  const { theme, time, id, drawing } = source;
  const hasWords = width >= WITH_WORDS;
  const room = Math.max(0, width - TITLE - (hasWords ? WORDS : NUMBERS) - 2);
  const values = sparkValues(chart, columnsOf(time, room), id);
  const top = Math.max(chart.kind.least, ...values.map((value) => value ?? 0));
  const drawn = drawing.sparkline(
    values.map((value) => value ?? 0),
    top,
  );
  const seen = [...drawn].map((letter, column) => (values[column] === null ? ' ' : glyphOf(letter, theme)));
  const pointer = chosen ? theme.paint('focus', theme.glyphs.pointer) : ' ';
  const title = fitLeft(
    `${pointer}${theme.paint('title', chart.title)}`,
    Math.min(TITLE, width),
    theme.glyphs.cut,
  );
  const words = fitRight(
    valuesInWords(chart, source, hasWords),
    Math.max(0, width - widthOf(title) - room - 2),
    theme.glyphs.cut,
  );
  return fitLeft(
    `${title} ${theme.paint(chart.series[0]?.role, seen.join(''))} ${words}`,
    width,
    theme.glyphs.cut,
  );
}

/** Where both lines are parts of a whole, the whole; else the first, which the second is part of. */
function sparkValues({ series, adds }: Chart, columns: Columns, id: string): readonly (number | null)[] {
  const each = (adds === true ? series : series.slice(0, 1)).map(({ measure }) =>
    valuesOf(columns, id, measure),
  );
  return columns.moments.map((_, column) => sum(each.map((values) => values[column] ?? null)));
}

function valuesInWords({ series, kind }: Chart, { time, id, theme }: ChartSource, hasWords: boolean): string {
  return series
    .map(({ measure, word, role }) => {
      const text = formatted(kind, valueNow(time, id, measure));
      return theme.paint(role, hasWords && word !== undefined ? `${word} ${text}` : text);
    })
    .join(hasWords ? '  ' : ' / ');
}

function glyphOf(letter: string, { unicode }: Theme): string {
  return unicode ? letter : (letters[blocks.indexOf(letter)] ?? ' ');
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
}
