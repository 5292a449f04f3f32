/** A picture of cells as rows of a pane, in the colours and glyphs of the theme. Pure. */
import type { Cell, Picture } from '../../charts/drawing.ts';
import type { Role, Theme } from '../../theme.ts';

export interface PictureStyle {
  readonly theme: Theme;
  /** Which role an ink is. */
  readonly roleOf: (ink: string) => Role | undefined;
  /** A column that stands out, in the rows above `end`. */
  readonly cursor?: { readonly column: number; readonly end: number };
  /** In place of nothing. */
  readonly blank?: string;
}

/** Cells of one colour beside each other have one escape sequence. */
export function pictureRows(picture: Picture, style: PictureStyle): readonly string[] {
  return Array.from({ length: picture.height }, (_, row) => rowOf(picture, row, style));
}

function rowOf(picture: Picture, row: number, style: PictureStyle): string {
  const { theme, cursor, roleOf, blank = ' ' } = style;
  let [text, run] = ['', ''];
  let runRole: Role | undefined;
  for (let column = 0; column < picture.width; column += 1) {
    const cell = picture.at(column, row);
    const isCursor = cursor !== undefined && column === cursor.column && row < cursor.end;
    const role = isCursor
      ? 'focus'
      : cell === undefined
        ? blank === ' '
          ? runRole
          : 'dim'
        : roleOf(cell.ink);
    const glyph = cell === undefined ? (isCursor ? theme.glyphs.vertical : blank) : glyphOf(cell, theme);
    if (role !== runRole) {
      text += theme.paint(runRole, run);
      [run, runRole] = ['', role];
    }
    run += glyph;
  }
  return text + theme.paint(runRole, run);
}

function glyphOf({ glyph, dotted }: Cell, { unicode }: Theme): string {
  if (unicode) return glyph;
  if (glyph === '█') return '#';
  const dots = glyph.charCodeAt(0) - 0x2800;
  return dots > 0 && dots <= 0xff ? letterOf(dots, dotted) : glyph;
}

/** Of a cell's dots, top down, left and right: Unicode, Braille Patterns. */
const left = [0x01, 0x02, 0x04, 0x40] as const;
const right = [0x08, 0x10, 0x20, 0x80] as const;

/** The letter that looks most like a line through these dots. */
function letterOf(dots: number, dotted: boolean): string {
  const [before, after] = [rowsOf(dots, left), rowsOf(dots, right)];
  const all = [...before, ...after];
  const [highest, lowest] = [Math.min(...all), Math.max(...all)];
  if (dotted) return highest >= 2 ? '.' : ':';
  if (lowest - highest >= 2) {
    if (before.length === 0 || after.length === 0) return '|';
    const rise = middle(before) - middle(after);
    return rise > 0.5 ? '/' : rise < -0.5 ? '\\' : '|';
  }
  return lowest <= 1 ? (highest === 0 ? "'" : '-') : highest >= 2 && lowest === 3 ? '_' : '-';
}

function rowsOf(dots: number, bits: readonly number[]): readonly number[] {
  return bits.flatMap((bit, row) => ((dots & bit) === 0 ? [] : [row]));
}

function middle(rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + row, 0) / rows.length;
}
