/**
 * The text of a settings file as systemd's parser reads it: systemd.nspawn(5), systemd.syntax(7), config_parse() of systemd 252. Every part knows
 * where it stands, so that some of it can be changed and the rest stays as it is.
 */

/** A line, with those that continue it. */
export interface TextPart {
  /** `ignored`: blank, a comment, or what systemd warns of and leaves out; `fault`: for this it takes nothing of the whole file. */
  readonly kind: 'section' | 'assignment' | 'ignored' | 'fault';
  /** Offsets into the text; `end` is after the line's end. */
  readonly start: number;
  readonly end: number;
  /** The one that it stands in, or begins. */
  readonly section: string | undefined;
  /** Empty unless it is an assignment. */
  readonly key: string;
  readonly value: string;
  /** The text ended where the line should have gone on. */
  readonly open: boolean;
  /** Why systemd leaves it out; undefined if it does not, or if there is nothing to it. */
  readonly fault: string | undefined;
}

/** read_line(): any of these is one end. */
const lineEnd = /(?:\r\n?|\n\r?)\0?|\0/g;

/** WHITESPACE of systemd: what else Unicode has belongs to the value. */
const edges = /^[ \t\n\r]+|[ \t\n\r]+$/g;

const BOM = '\uFEFF';

/** One text after the other is asked for dozens of keys: the last one is kept. */
let last: { readonly text: string; readonly parts: readonly TextPart[] } | undefined;

export function parseSettings(text: string): readonly TextPart[] {
  if (last?.text !== text) last = { text, parts: parse(text) };
  return last.parts;
}

function parse(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let section: string | undefined;
  let begun: { readonly start: number; readonly text: string } | undefined;
  let bomSeen = false;
  const add = (start: number, end: number, logical: string, open = false): void => {
    const part = readPart(logical, section);
    section = part.kind === 'section' ? part.section : section;
    parts.push({ ...part, start, end, open });
    begun = undefined;
  };
  for (const { start, content, end } of physicalLines(text)) {
    let line = content.replace(/^[ \t\n\r]+/, '');
    if (/^[#;]/.test(line)) {
      // Within a line that goes on it is left out, and the line still goes on.
      if (begun === undefined) parts.push({ ...nothing, start, end, section });
      continue;
    }
    if (!bomSeen && line.startsWith(BOM)) {
      bomSeen = true;
      line = line.slice(BOM.length);
    }
    const whole: string = (begun?.text ?? '') + line;
    if (goesOn(line)) begun = { start: begun?.start ?? start, text: `${whole.slice(0, -1)} ` };
    else add(begun?.start ?? start, end, whole);
  }
  if (begun !== undefined) add(begun.start, text.length, begun.text, true);
  return parts;
}

const nothing = { kind: 'ignored', key: '', value: '', open: false, fault: undefined } as const;

/** A backslash at the end that no other one escapes. */
export function goesOn(line: string): boolean {
  return (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

export function stripped(text: string): string {
  return text.replace(edges, '');
}

/** What string_is_safe() takes. */
export function isSectionName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what systemd refuses.
  return name !== '' && !/[\x00-\x1f\x7f"'\\]/.test(name);
}

function* physicalLines(text: string) {
  let start = 0;
  for (const match of text.matchAll(lineEnd)) {
    const end = match.index + match[0].length;
    yield { start, content: text.slice(start, match.index), end };
    start = end;
  }
  if (start < text.length) yield { start, content: text.slice(start), end: text.length };
}

function readPart(logical: string, section: string | undefined): Omit<TextPart, 'start' | 'end' | 'open'> {
  const line = stripped(logical);
  if (line === '') return { ...nothing, section };
  if (line.startsWith('[')) {
    const name = line.slice(1, -1);
    return line.endsWith(']') && isSectionName(name)
      ? { ...nothing, kind: 'section', section: name }
      : { ...nothing, kind: 'fault', section, fault: 'no valid name of a section' };
  }
  const equals = line.indexOf('=');
  if (equals < 0) return { ...nothing, section, fault: 'there is no "=" in it' };
  if (section === undefined) return { ...nothing, section, fault: 'it stands in no section' };
  return {
    kind: 'assignment',
    section,
    key: stripped(line.slice(0, equals)),
    value: stripped(line.slice(equals + 1)),
    fault: undefined,
  };
}
