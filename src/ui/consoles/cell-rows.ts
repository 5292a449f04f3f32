/** Cells of an emulated terminal as rows with colours. Pure. */
import type { IBuffer, IBufferCell } from '@xterm/headless';

/** Cells of a line that are shown reversed: what a search has found. */
export interface Found {
  readonly line: number;
  readonly column: number;
  readonly width: number;
}

export interface RowsWanted {
  /** The line of the buffer in the first row. */
  readonly top: number;
  readonly rows: number;
  readonly columns: number;
  /** Where the rows begin on the outer terminal, from 0. */
  readonly at: number;
  readonly found: Found | undefined;
}

/** Each is exactly `columns` cells wide. */
export function cellRows(buffer: IBuffer, wanted: RowsWanted): readonly string[] {
  const cell = buffer.getNullCell();
  return Array.from({ length: wanted.rows }, (_, row) => cellRow(buffer, wanted.top + row, wanted, cell));
}

function cellRow(
  buffer: IBuffer,
  number: number,
  { columns, at, found }: RowsWanted,
  cell: IBufferCell,
): string {
  const line = buffer.getLine(number);
  const mark = found?.line === number ? found : undefined;
  let text = '';
  let style = '';
  let wide = false;
  for (let column = 0; column < columns; column += 1) {
    // Lines from before the window grew are shorter.
    const here = line?.getCell(column, cell);
    const marked = mark !== undefined && column >= mark.column && column < mark.column + mark.width;
    const wanted = here === undefined ? '' : styleOf(here, marked);
    if (wanted !== style) {
      text += `\x1b[0${wanted}m`;
      style = wanted;
    }
    const width = here?.getWidth() ?? 1;
    if (here === undefined || width === 0 || column + width > columns) {
      text += ' ';
      continue;
    }
    text += charactersOf(here);
    if (width === 1) continue;
    // Whoever thinks it is narrower, or wider, is put right: no row may shift.
    text += `\x1b[${at + column + width + 1}G`;
    wide = true;
    column += width - 1;
  }
  // What was in a cell that the outer terminal skips.
  const erased = wide ? `\x1b[${columns}X` : '';
  return erased + (style === '' ? text : `${text}\x1b[0m`);
}

/** Outer terminals disagree on how wide these are; they are shown as what nobody disagrees on. */
const disputed = /\p{Extended_Pictographic}|\p{Default_Ignorable_Code_Point}/u;

function charactersOf(cell: IBufferCell): string {
  const characters = cell.getChars();
  if (characters === '') return ' '.repeat(cell.getWidth());
  if (characters.length === 1 && characters < '\u2000') return characters;
  return disputed.test(characters) ? '?'.padEnd(cell.getWidth()) : characters;
}

/** Parameters of SGR, each with a semicolon before it. */
function styleOf(cell: IBufferCell, marked: boolean): string {
  if (cell.isAttributeDefault() && !marked) return '';
  const inverse = cell.isInverse() !== 0;
  const flags =
    (cell.isBold() ? ';1' : '') +
    (cell.isDim() ? ';2' : '') +
    (cell.isItalic() ? ';3' : '') +
    (cell.isUnderline() ? ';4' : '') +
    (inverse !== marked ? ';7' : '') +
    (cell.isInvisible() ? ';8' : '') +
    (cell.isStrikethrough() ? ';9' : '') +
    (cell.isOverline() ? ';53' : '');
  return flags + foreground(cell) + background(cell);
}

function foreground(cell: IBufferCell): string {
  if (cell.isFgDefault()) return '';
  return cell.isFgRGB() ? direct(38, cell.getFgColor()) : indexed(30, cell.getFgColor());
}

function background(cell: IBufferCell): string {
  if (cell.isBgDefault()) return '';
  return cell.isBgRGB() ? direct(48, cell.getBgColor()) : indexed(40, cell.getBgColor());
}

function direct(base: number, colour: number): string {
  return `;${base};2;${(colour >> 16) & 255};${(colour >> 8) & 255};${colour & 255}`;
}

function indexed(base: number, colour: number): string {
  if (colour < 8) return `;${base + colour}`;
  if (colour < 16) return `;${base + 60 + colour - 8}`;
  return `;${base + 8};5;${colour}`;
}
