/** Values of a settings file, read, and changed with everything else byte for byte as it was. Pure. */
import { BackendError } from '../../backend.ts';
import type { SettingsChange } from '../../manager/settings.ts';
import { goesOn, isSectionName, parseSettings, stripped, type TextPart } from './settings-text.ts';

/** An empty assignment of these takes nothing back: systemd warns of it and goes on. Of any other it does. */
const neverReset: ReadonlySet<string> = new Set([
  'AmbientCapability',
  'Bind',
  'BindReadOnly',
  'BindUser',
  'Capability',
  'DropCapability',
  'Inaccessible',
  'Overlay',
  'OverlayReadOnly',
  'Port',
  'SystemCallFilter',
  'TemporaryFileSystem',
  'VirtualEthernetExtra',
]);

/** Those that count: what stands before an empty assignment does not. */
export function readValues(text: string | undefined, section: string, key: string): readonly string[] {
  if (text === undefined) return [];
  return countingParts(parseSettings(text), section, key).map(({ value }) => value);
}

/** @throws BackendError 'unsupported' for what a settings file cannot say */
export function changeText(text: string | undefined, changes: readonly SettingsChange[]): string {
  return changes.reduce(changeKey, text ?? '');
}

function countingParts(parts: readonly TextPart[], section: string, key: string): readonly TextPart[] {
  const all = parts.filter(
    (part) => part.kind === 'assignment' && part.section === section && part.key === key,
  );
  const reset = neverReset.has(key) ? -1 : all.findLastIndex(({ value }) => value === '');
  return all.slice(reset + 1).filter(({ value }) => value !== '');
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function changeKey(text: string, change: SettingsChange): string {
  check(change);
  const parts = parseSettings(text);
  const present = countingParts(parts, change.section, change.key);
  const kept = keptOf(present, change.values);
  const lineEnd = /\r\n|\n/.exec(text)?.[0] ?? '\n';
  const lines = (values: readonly string[]): string =>
    values.map((value) => `${change.key}=${value}${lineEnd}`).join('');
  const edits: Edit[] = [];
  let next = 0;
  for (const part of present) {
    const place = kept.get(part);
    if (place === undefined) edits.push({ start: part.start, end: part.end, text: '' });
    else {
      edits.push({ start: part.start, end: part.start, text: lines(change.values.slice(next, place)) });
      next = place + 1;
    }
  }
  const rest = lines(change.values.slice(next));
  const last = present.at(-1);
  if (rest !== '' && last !== undefined) {
    // One that goes leaves the end of the line before it.
    const { end } = last;
    edits.push(kept.has(last) ? after(text, last, rest, lineEnd) : { start: end, end, text: rest });
  }
  const changed = applyEdits(text, edits);
  return rest !== '' && last === undefined ? inSection(changed, change.section, rest, lineEnd) : changed;
}

/** Which parts stay, and as which value: in the order of both. */
function keptOf(present: readonly TextPart[], values: readonly string[]): ReadonlyMap<TextPart, number> {
  const kept = new Map<TextPart, number>();
  let next = 0;
  for (const part of present) {
    const place = values.indexOf(part.value, next);
    if (place < 0) continue;
    kept.set(part, place);
    next = place + 1;
  }
  return kept;
}

/** In the last section of that name, after its last assignment; else in one of its own. */
function inSection(text: string, section: string, lines: string, lineEnd: string): string {
  const parts = parseSettings(text);
  const anchor = parts.findLast(
    ({ kind, ...part }) => kind !== 'ignored' && kind !== 'fault' && part.section === section,
  );
  if (anchor !== undefined) return applyEdits(text, [after(text, anchor, lines, lineEnd)]);
  const gap = text === '' ? '' : lineEnd;
  return `${text}${closing(text, parts.at(-1), lineEnd)}${gap}[${section}]${lineEnd}${lines}`;
}

function after(text: string, part: TextPart, lines: string, lineEnd: string): Edit {
  return { start: part.end, end: part.end, text: closing(text.slice(0, part.end), part, lineEnd) + lines };
}

/** What a line that has no end yet needs before another one can follow. */
function closing(text: string, last: TextPart | undefined, lineEnd: string): string {
  // A line that would go on ends with an empty one.
  if (last?.open === true) return /[\r\n\0]$/.test(text) ? lineEnd : lineEnd + lineEnd;
  return text === '' || /[\r\n\0]$/.test(text) ? '' : lineEnd;
}

/** In the order of the text, without overlaps. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

function check({ section, key, values }: SettingsChange): void {
  if (!isSectionName(section) || !/^[A-Za-z][A-Za-z0-9-]*$/.test(key)) {
    throw new BackendError(
      'unsupported',
      `${JSON.stringify(`[${section}] ${key}`)} is no key of a settings file`,
    );
  }
  const wrong = values.find(
    (value) => value === '' || stripped(value) !== value || /[\r\n\0]/.test(value) || goesOn(value),
  );
  if (wrong !== undefined) {
    throw new BackendError('unsupported', `${key}: a settings file cannot say ${JSON.stringify(wrong)}`, {
      hint: 'a value has one line, neither begins nor ends with a space, and ends with no backslash',
    });
  }
}
