/** Rows of exactly as many cells as there is room for. Text from elsewhere was made visible before (presentation/plain-text.ts). Pure. */
import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

const simple = /^[\x20-\x7e]*$/;
/** Terminals disagree on how wide these are, and one cell too many shifts the row: joined, variant and pictographic characters. */
const disputed = /\p{Default_Ignorable_Code_Point}|\p{Extended_Pictographic}/gu;

/** Cut or padded to `width` cells; may hold colours (SGR). */
export function fitLeft(text: string, width: number, mark = '…'): string {
  if (width <= 0) return '';
  if (simple.test(text)) {
    return text.length <= width ? text.padEnd(width) : text.slice(0, width - 1) + mark;
  }
  const plain = text.replace(disputed, '?');
  const wide = stringWidth(plain);
  if (wide <= width) return plain + ' '.repeat(width - wide);
  const cut = sliceAnsi(plain, 0, width - 1);
  // A wide character at the edge leaves a cell empty.
  return cut + mark + ' '.repeat(Math.max(0, width - 1 - stringWidth(cut)));
}

export function fitRight(text: string, width: number, mark = '…'): string {
  const wide = simple.test(text) ? text.length : stringWidth(text.replace(disputed, '?'));
  return wide >= width ? fitLeft(text, width, mark) : ' '.repeat(width - wide) + fitLeft(text, wide, mark);
}

export function widthOf(text: string): number {
  return simple.test(text) ? text.length : stringWidth(text.replace(disputed, '?'));
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
