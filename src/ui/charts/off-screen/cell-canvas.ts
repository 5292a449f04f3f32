/** A cell is filled or not: in place of ansi-term, whose cells are escape sequences. */
import type { Picture } from '../drawing.ts';

/**
 * The context of drawille-canvas calls it with `new`.
 * @param width in cells, as `height`
 */
export function CellCanvas(width: number, height: number) {
  const inks = new Map<number, string>();
  /** Set by the context, before it draws. */
  const pens = { color: '', fontFg: '' };
  const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height;
  const placeOf = (x: number, y: number): number => Math.floor(x) + width * Math.floor(y);
  const picture: Picture = {
    width,
    height,
    at: (column, row) => {
      const ink = inks.get(placeOf(column, row));
      return ink === undefined ? undefined : { glyph: '█', ink, dotted: false };
    },
  };
  return Object.assign(pens, picture, {
    set: (x: number, y: number): void => {
      if (isInside(x, y)) inks.set(placeOf(x, y), pens.color);
    },
    unset: (x: number, y: number): void => {
      inks.delete(placeOf(x, y));
    },
    // A gauge's number in its list: what a gauge is of stands beside it, and not in it.
    writeText: (): void => undefined,
    measureText: (text: string) => ({ width: text.length }),
  });
}
