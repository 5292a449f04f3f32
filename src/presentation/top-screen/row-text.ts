/** One row of a screen: text that came from elsewhere is made safe, cut and put into columns. Pure. */
import type { Paint } from '../paint.ts';
import { visible } from '../plain-text.ts';

export interface Theme {
  readonly paint: Paint;
  /** Whether glyphs beyond ASCII can be shown. */
  readonly unicode: boolean;
}

/** At most so many characters; one that lacks some ends with a mark. */
export function cut(text: string, width: number, unicode: boolean): string {
  const characters = Array.from(text);
  if (characters.length <= width) return text;
  const mark = unicode ? '…' : '~';
  return width <= 0 ? '' : `${characters.slice(0, width - 1).join('')}${mark}`;
}

/** The same of text that may be hostile. */
export function safeCut(text: string, width: number, unicode: boolean): string {
  // What is far beyond the edge need not be looked at.
  return cut(visible(text.slice(0, width * 4 + 16)), width, unicode);
}

/**
 * Text in a column that others follow. How wide a terminal shows characters beyond ASCII is the terminal's affair, so after such text
 * the cursor is sent to where the next column begins.
 * @param column the first one of the text, from 1
 */
export function placed(text: string, column: number, width: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
  if (/^[\x00-\x7f]*$/.test(text)) return text.padEnd(width);
  return `${text}\x1b[${column + width}G`;
}
