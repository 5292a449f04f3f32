/** Rows of exactly as many cells as there is room for. Text from elsewhere was made visible before (presentation/plain-text.ts). Pure. */
import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

const simple = /^[\x20-\x7e]*$/;
/**
 * Letters of one cell, beyond doubt, and the glyphs of themes, lines, blocks and braille; with or without colours (SGR). Nearly all rows are
 * made of them, and string-width takes a hundred times as long.
 */
const narrow =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  /^(?:[\x20-\x7e\u00c0-\u024f\u2026\u2190-\u2193\u2500-\u25a1\u25b2-\u25b5\u25b8\u25b9\u25bc-\u25bf\u25c6-\u25d7\u2800-\u28ff]|\x1b\[[\d;]*m)*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const colours = /\x1b\[[\d;]*m/g;
/** Terminals disagree on how wide these are, and one cell too many shifts the row: joined, variant and pictographic characters. */
const disputed = /\p{Default_Ignorable_Code_Point}|\p{Extended_Pictographic}/gu;

/** Cut or padded to `width` cells; may hold colours (SGR). */
export function fitLeft(text: string, width: number, mark = '…'): string {
  if (width <= 0) return '';
  if (simple.test(text)) {
    return text.length <= width ? text.padEnd(width) : text.slice(0, width - 1) + mark;
  }
  if (narrow.test(text)) {
    const cells = text.replace(colours, '').length;
    return cells <= width ? text + ' '.repeat(width - cells) : cutNarrow(text, width - 1) + mark;
  }
  const plain = text.replace(disputed, '?');
  const wide = stringWidth(plain);
  if (wide <= width) return plain + ' '.repeat(width - wide);
  const whole = sliceAnsi(plain, 0, width - 1);
  // Of a wide character at the edge slice-ansi takes both halves: it is left out, and leaves a cell empty.
  const cut = stringWidth(whole) < width ? whole : sliceAnsi(plain, 0, width - 2);
  return cut + mark + ' '.repeat(Math.max(0, width - 1 - stringWidth(cut)));
}

/** For terminals that show ASCII alone: of as many cells, whatever terminals think of what is left out. */
export function inAscii(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
  return text.replace(/[^\x00-\x7f]+/g, (other) => '?'.repeat(widthOf(other)));
}

export function fitRight(text: string, width: number, mark = '…'): string {
  const wide = widthOf(text);
  return wide >= width ? fitLeft(text, width, mark) : ' '.repeat(width - wide) + fitLeft(text, wide, mark);
}

export function widthOf(text: string): number {
  if (simple.test(text)) return text.length;
  return narrow.test(text) ? text.replace(colours, '').length : stringWidth(text.replace(disputed, '?'));
}

/** The first `width` cells of a text that has more; colours that begin within them end with them. */
function cutNarrow(text: string, width: number): string {
  let [cut, room, place, coloured] = ['', width, 0, false];
  for (const { 0: code, index } of text.matchAll(colours)) {
    const piece = text.slice(place, index);
    if (piece.length >= room) break;
    cut += piece + code;
    room -= piece.length;
    place = index + code.length;
    coloured = code !== '\x1b[0m';
  }
  return cut + text.slice(place, place + room) + (coloured ? '\x1b[0m' : '');
}

/**
 * Lines of at most `width` cells, broken between words; a word that is longer is broken inside. What follows the first line begins with
 * `indent` besides the spaces that the text begins with. Without colours.
 */
export function wrapWords(text: string, width: number, indent = ''): readonly string[] {
  if (text === '') return [];
  const lead = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = lead;
  for (const word of text.slice(lead.length).split(/ +/)) {
    const joined = line.trim() === '' ? line + word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = `${lines.length === 0 ? lead : lead + indent}${word}`;
    while (widthOf(line) > width && width > lead.length + indent.length) {
      const head = sliceAnsi(line, 0, width);
      lines.push(head);
      line = lead + indent + line.slice(head.length);
    }
  }
  return [...lines, line];
}
