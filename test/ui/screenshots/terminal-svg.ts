/** What a terminal shows as a picture. The same cells give the same text. */
import type xterm from '@xterm/headless';
import type { IBufferCell } from '@xterm/headless';
import { background, type CellColours, coloursOf } from './colours.ts';
import { isLong, type Shape, shapesOf } from './shapes.ts';

/** Pixels. */
const WIDTH = 8;
const HEIGHT = 17;
const BASELINE = 12.5;
const MARGIN = 10;
const FONTS = 'ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, Liberation Mono, monospace';

/** Cells of a row that look the same. */
interface Run {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly colours: CellColours;
  readonly style: string;
  readonly shapes: readonly Shape[] | undefined;
}

/** @param title what it shows, for those who do not see it */
export function terminalSvg(terminal: xterm.Terminal, title: string): string {
  const [width, height] = [terminal.cols * WIDTH + 2 * MARGIN, terminal.rows * HEIGHT + 2 * MARGIN];
  const rows = Array.from({ length: terminal.rows }, (_, row) => rowElements(terminal, row)).flat();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>text{font:13px ${FONTS};}rect{shape-rendering:crispEdges}.b{font-weight:bold}.d{opacity:.6}.i{font-style:italic}.u{text-decoration:underline}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${background}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function rowElements(terminal: xterm.Terminal, row: number): readonly string[] {
  const runs = runsOf(terminal, row);
  return [
    ...runs.filter(({ colours }) => colours.back !== background).map((run) => backElement(run, row)),
    ...runs.filter(({ text }) => text.trim() !== '').map((run) => frontElement(run, row)),
  ];
}

function runsOf(terminal: xterm.Terminal, row: number): readonly Run[] {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + row);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const run = runOf(cell, column);
    const before = runs.at(-1);
    if (before !== undefined && joins(before, run)) {
      runs[runs.length - 1] = { ...before, cells: before.cells + run.cells, text: before.text + run.text };
    } else runs.push(run);
  }
  return runs;
}

function runOf(cell: IBufferCell, column: number): Run {
  const text = cell.getChars() || ' ';
  const style = [
    cell.isBold() ? 'b' : '',
    cell.isDim() ? 'd' : '',
    cell.isItalic() ? 'i' : '',
    cell.isUnderline() ? 'u' : '',
  ];
  return {
    column,
    cells: cell.getWidth(),
    text,
    colours: coloursOf(cell),
    style: style.filter((name) => name !== '').join(' '),
    shapes: shapesOf(text),
  };
}

/** Letters of one cell each, or lines that go on; so that no font can shift what follows. */
function joins(before: Run, run: Run): boolean {
  const same =
    before.style === run.style &&
    before.colours.front === run.colours.front &&
    before.colours.back === run.colours.back;
  if (!same) return false;
  if (run.shapes !== undefined) return isLong(run.text) && before.text.startsWith(run.text);
  return before.shapes === undefined && isPlain(run.text) && isPlain(before.text);
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text);
}

function backElement({ column, cells, colours }: Run, row: number): string {
  return rectangle([column, row, cells, 1], colours.back);
}

function frontElement(run: Run, row: number): string {
  const { column, cells, shapes, colours, style } = run;
  if (shapes !== undefined && shapes.length > 2) return path(shapes, { column, row }, colours.front);
  if (shapes !== undefined) {
    return shapes
      .map(([left, top, width, height]) =>
        rectangle([column + left, row + top, cells === 1 ? width : cells, height], colours.front),
      )
      .join('');
  }
  const named = style === '' ? '' : ` class="${style}"`;
  return piecesOf(run)
    .map(
      ({ at, shown, wide }) =>
        `<text x="${at * WIDTH}" y="${number(row * HEIGHT + BASELINE)}" textLength="${wide * WIDTH}" ` +
        `lengthAdjust="spacingAndGlyphs" fill="${colours.front}"${named}>${escaped(shown)}</text>`,
    )
    .join('\n');
}

/** Each where it belongs: who shows the picture may make one space of several. */
function piecesOf({
  column,
  text,
  cells,
}: Run): readonly { readonly at: number; readonly shown: string; readonly wide: number }[] {
  if (!isPlain(text)) return [{ at: column, shown: text, wide: cells }];
  return Array.from(text.matchAll(/\S+(?: \S+)*/g), ({ 0: shown, index }) => ({
    at: column + index,
    shown,
    wide: shown.length,
  }));
}

/** In cells. */
function rectangle([left, top, width, height]: Shape, fill: string): string {
  const [x, y, w, h] = [left * WIDTH, top * HEIGHT, width * WIDTH, height * HEIGHT].map(number);
  return `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`;
}

/** Many small ones as one element. */
function path(
  shapes: readonly Shape[],
  { column, row }: { readonly column: number; readonly row: number },
  fill: string,
): string {
  const pieces = shapes.map(([left, top, width, height]) => {
    const [x, y, w, h] = [(column + left) * WIDTH, (row + top) * HEIGHT, width * WIDTH, height * HEIGHT];
    return `M${number(x)} ${number(y)}h${number(w)}v${number(h)}h${number(-w)}z`;
  });
  return `<path d="${pieces.join('')}" fill="${fill}"/>`;
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
