/** Two by four dots in a cell: in place of drawille, whose cells are escape sequences of sixteen colours. */
import type { Picture } from '../drawing.ts';
import { isDotted, plainInk } from './ink.ts';

/** Which bit of a cell a dot is, by row and column: Unicode, Braille Patterns. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/**
 * The context of drawille-canvas calls it with `new`, and overwrites methods of its prototype: these are the object's own.
 * @param width in dots, as `height`
 */
export function DotCanvas(width: number, height: number) {
  const columns = Math.ceil(width / 2);
  const rows = Math.ceil(height / 4);
  const dots = new Uint8Array(columns * rows);
  const inks = new Map<number, string>();
  const letters = new Map<number, string>();
  /** Set by the context, before it draws or writes. */
  const pens = { color: '', fontFg: '' };
  let strokes = 0;
  /** Undefined: outside. */
  const placeOf = (x: number, y: number): number | undefined =>
    x >= 0 && y >= 0 && x < width && y < height ? (x >> 1) + columns * (y >> 2) : undefined;
  const bitOf = (x: number, y: number): number => bits[y & 3]?.[x & 1] ?? 0;
  const picture: Picture = {
    width: columns,
    height: rows,
    at: (column, row) => {
      const place = column + columns * row;
      const [letter, dotted, ink = ''] = [letters.get(place), dots[place] ?? 0, inks.get(place)];
      if (letter === undefined && dotted === 0) return undefined;
      const glyph = letter ?? String.fromCharCode(0x2800 + dotted);
      return { glyph, ink: plainInk(ink), dotted: isDotted(ink) };
    },
  };
  return Object.assign(pens, picture, {
    set: (x: number, y: number): void => {
      const place = placeOf(x, y);
      strokes += 1;
      if (place === undefined || (isDotted(pens.color) && strokes % 2 === 0)) return;
      dots[place] = (dots[place] ?? 0) | bitOf(x, y);
      inks.set(place, pens.color);
      letters.delete(place);
    },
    unset: (x: number, y: number): void => {
      const place = placeOf(x, y);
      if (place === undefined) return;
      dots[place] = (dots[place] ?? 0) & ~bitOf(x, y);
      letters.delete(place);
    },
    writeText: (text: string, x: number, y: number): void => {
      for (const [index, letter] of [...text].entries()) {
        const place = placeOf(x + index * 2, y);
        if (place === undefined) continue;
        letters.set(place, letter);
        inks.set(place, pens.fontFg);
      }
    },
    measureText: (text: string) => ({ width: text.length * 2 + 2 }),
  });
}
