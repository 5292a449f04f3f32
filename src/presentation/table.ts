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
  const safe = [heads.map((head) => ({ ...head, colour: 'bold' as const })), ...rows].map((row) =>
    row.map(safeCell),
  );
  const widths = heads.map((_, column) =>
    safe.reduce((width, row) => Math.max(width, row[column]?.text.length ?? 0), 0),
  );
  return safe.map((row) =>
    row
      .map((cell, column) => formatCell(cell, widths[column] ?? 0, paint))
      .join('  ')
      .trimEnd(),
  );
}

/** Nearly all are safe: those are not copied. */
function safeCell(cell: Cell): Cell {
  const text = visible(cell.text);
  return text === cell.text ? cell : { ...cell, text };
}

function formatCell(cell: Cell, width: number, paint: Paint): string {
  const gap = ' '.repeat(Math.max(0, width - cell.text.length));
  const text = paint(cell.colour, cell.text);
  return cell.right === true ? gap + text : text + gap;
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
