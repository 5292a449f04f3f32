/** A section of `info`: a title that says in a phrase what the section is about, and names with values, within 80 columns or as many as there are. */
import type { Paint } from '../paint.ts';
import { visible } from '../plain-text.ts';

/** A value of several lines goes on below itself; each line that is too long is wrapped between words. */
export type Entry = readonly [name: string, value: string | readonly string[]];

export interface Section {
  readonly title: string;
  readonly phrase?: string;
  readonly entries: readonly Entry[];
}

export const SECTION_WIDTH = 80;
/** A longer name has a line of its own, so that one does not push all values aside. */
const LONGEST_NAME = 24;

/** Empty for a section without entries. Every text is made safe here, so that no caller can forget it. */
export function sectionLines(
  { title, phrase, entries }: Section,
  paint: Paint,
  columns = SECTION_WIDTH,
): readonly string[] {
  if (entries.length === 0) return [];
  const lengths = entries.map(([name]) => visible(name).length).filter((length) => length <= LONGEST_NAME);
  const width = Math.max(0, ...lengths);
  const head = phrase === undefined ? '' : paint('dim', `: ${phrase}`);
  return [
    `${paint('bold', visible(title))}${head}`,
    ...entries.flatMap(([name, value]) => entryLines(visible(name), value, { width, columns })),
  ];
}

function entryLines(
  name: string,
  value: Entry[1],
  { width, columns }: { readonly width: number; readonly columns: number },
): readonly string[] {
  const values = typeof value === 'string' ? [value] : value.length === 0 ? ['none'] : value;
  const room = Math.max(20, columns - width - 4);
  const lines = values.flatMap((line) => wrap(visible(line), room));
  const [head = '', own] = name.length > width ? ['', [`  ${name}`]] : [name, []];
  return [
    ...own,
    ...lines.map((line, index) => `  ${(index === 0 ? head : '').padEnd(width)}  ${line}`.trimEnd()),
  ];
}

/** A word longer than the room has a line of its own: nothing is cut, and a path can be copied. */
export function wrap(text: string, room: number): readonly string[] {
  if (text.length <= room) return [text];
  const lines: string[] = [];
  for (const word of text.split(/ +/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Leaves out what is not known. */
export function known(
  entries: readonly (readonly [string, string | readonly string[] | undefined])[],
): readonly Entry[] {
  return entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** Wider cells push what follows them aside, in their own row alone. */
const WIDEST_CELL = 28;

/** Cells in columns; the last one takes what is left. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const safe = rows.map((row) => row.map(visible));
  const widths = safe.reduce<readonly number[]>(
    (most, row) =>
      row.map((cell, column) => Math.max(most[column] ?? 0, cell.length <= WIDEST_CELL ? cell.length : 0)),
    [],
  );
  return safe.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
