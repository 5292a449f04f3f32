/** What a terminal shows, as text for golden files: where its cells begin to look otherwise stands what a program would have written (␛). */
import type xterm from '@xterm/headless';
import type { IBuffer } from '@xterm/headless';

/** Rows of cells as they are, blanks at their ends too. */
export function plainRows({ buffer, rows }: xterm.Terminal): readonly string[] {
  return Array.from(
    { length: rows },
    (_, row) => buffer.active.getLine(buffer.active.baseY + row)?.translateToString() ?? '',
  );
}

export function markedRows({ buffer, rows, cols }: xterm.Terminal): readonly string[] {
  return Array.from({ length: rows }, (_, row) =>
    markedRow(buffer.active, buffer.active.baseY + row, cols).trimEnd(),
  );
}

function markedRow(buffer: IBuffer, number: number, columns: number): string {
  const line = buffer.getLine(number);
  let [text, style] = ['', ''];
  for (let column = 0; column < columns; column += 1) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const next = styleOf(cell);
    if (next !== style) text += next === '' ? '␛[m' : `␛[${next}m`;
    style = next;
    text += cell.getChars() || ' ';
  }
  return style === '' ? text : `${text}␛[m`;
}

type Cell = NonNullable<ReturnType<NonNullable<ReturnType<IBuffer['getLine']>>['getCell']>>;

function styleOf(cell: Cell): string {
  return [
    ...(cell.isBold() ? ['1'] : []),
    ...(cell.isDim() ? ['2'] : []),
    ...(cell.isItalic() ? ['3'] : []),
    ...(cell.isUnderline() ? ['4'] : []),
    ...(cell.isInverse() ? ['7'] : []),
    ...(cell.isFgDefault() ? [] : [colour(cell.isFgRGB(), cell.getFgColor(), 30)]),
    ...(cell.isBgDefault() ? [] : [colour(cell.isBgRGB(), cell.getBgColor(), 40)]),
  ].join(';');
}

function colour(direct: boolean, value: number, base: number): string {
  if (direct) return `${base + 8};2;${value >> 16};${(value >> 8) & 255};${value & 255}`;
  if (value < 16) return String(value < 8 ? base + value : base + 52 + value);
  return `${base + 8};5;${value}`;
}
