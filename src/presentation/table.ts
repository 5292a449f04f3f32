/** Aligned columns. Pure; every cell is made safe here, so that no caller can forget it. */

import type { Colour, Paint } from './paint.ts';
import { visible } from './plain-text.ts';

export interface Cell {
  readonly text: string;
  readonly colour?: Colour | undefined;
  /** Numbers are read from the right. */
  readonly right?: boolean | undefined;
}

export function formatTable(
  heads: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): readonly string[] {
  const columns = heads.map((head, index) => ({ head, cells: rows.map((row) => row[index] ?? NOTHING) }));
  return formatColumns(columns, rows.length, paint);
}

const NOTHING: Cell = { text: '' };

export interface TableColumn {
  readonly head: Cell;
  /** The last one stands in all rows below it too. */
  readonly cells: readonly Cell[];
}

export function formatColumns(
  columns: readonly TableColumn[],
  rows: number,
  paint: Paint,
): readonly string[] {
  const formatted = columns.map((column) => formatColumn(column, paint));
  const rests = formatted.map((texts) => texts[texts.length - 1] as string);
  return Array.from({ length: rows + 1 }, (_, row) => {
    const line: string[] = [];
    for (let index = 0; index < formatted.length; index += 1) {
      const texts = formatted[index] as readonly string[];
      line.push((row < texts.length ? texts[row] : rests[index]) as string);
    }
    return line.join('  ').trimEnd();
  });
}

function formatColumn({ head, cells }: TableColumn, paint: Paint): readonly string[] {
  const all: readonly Cell[] = [{ ...head, colour: 'bold' }, ...cells];
  const texts = safeTexts(all);
  let width = 0;
  for (let row = 0; row < texts.length; row += 1) width = Math.max(width, (texts[row] as string).length);
  for (let row = 0; row < texts.length; row += 1) {
    const same = row > 0 && all[row] === all[row - 1];
    texts[row] = same
      ? (texts[row - 1] as string)
      : formatCell(all[row] as Cell, texts[row] as string, width, paint);
  }
  return texts;
}

/** Nearly all are safe as they are: looked at together, they cost less than one by one. */
function safeTexts(cells: readonly Cell[]): string[] {
  const texts: string[] = [];
  for (let row = 0; row < cells.length; row += 1) texts.push((cells[row] as Cell).text);
  const all = texts.join('');
  return visible(all) === all ? texts : texts.map(visible);
}

function formatCell({ colour, right }: Cell, text: string, width: number, paint: Paint): string {
  const gap = ' '.repeat(width - text.length);
  const painted = paint(colour, text);
  return right === true ? gap + painted : painted + gap;
}

/** A titled block of name and value, values aligned; a value of several lines goes on below itself. */
export function formatSection(
  title: string,
  entries: readonly (readonly [string, string | readonly string[]])[],
  paint: Paint,
): readonly string[] {
  if (entries.length === 0) return [];
  const width = Math.max(...entries.map(([name]) => visible(name).length));
  const lines = entries.flatMap(([name, value]) => {
    const values = typeof value === 'string' ? [value] : value.length === 0 ? ['none'] : value;
    return values.map((line, index) =>
      `  ${(index === 0 ? visible(name) : '').padEnd(width)}  ${visible(line)}`.trimEnd(),
    );
  });
  return [paint('bold', visible(title)), ...lines];
}
