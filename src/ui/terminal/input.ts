/** What a person types, as a terminal sends it: keys, pasted text, the mouse, the window's focus. Pure but for what a piece leaves over. */

export interface Key {
  /** As keys.ts writes it: `j`, `G`, `up`, `pageup`, `enter`, `esc`, `tab`, `shift-tab`, `ctrl-l`, `alt-x`, `f5`. */
  readonly name: string;
  /** What it types, if that is one printable character; else ''. */
  readonly text: string;
}

/** A mouse report as it came, places from 0. */
export interface MouseReport {
  readonly code: number;
  readonly column: number;
  readonly row: number;
  readonly released: boolean;
}

export interface Mouse {
  readonly action: 'press' | 'release' | 'drag' | 'wheel-up' | 'wheel-down';
  readonly button: number;
  /** From 0. */
  readonly column: number;
  readonly row: number;
}

export type Input =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'mouse'; readonly mouse: Mouse; readonly report: MouseReport }
  | { readonly type: 'focus'; readonly focused: boolean };

export interface InputParser {
  readonly feed: (bytes: Buffer) => readonly Input[];
  /** As `feed`, but one at a time: what the first one does may send the others elsewhere. Undefined: nothing more that is whole. */
  readonly push: (bytes: Buffer) => void;
  readonly next: () => Input | undefined;
  /** Takes out what was not read. */
  readonly rest: () => Buffer;
  /** Whether it keeps the beginning of a sequence: an Escape alone, if nothing more comes. */
  readonly pending: () => boolean;
  /** Nothing more came: what is kept is taken as it is. */
  readonly flush: () => readonly Input[];
}

const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** A paste without an end must not keep memory. */
const LONGEST_PASTE = 1 << 20;

/** By what stands behind `ESC [` or `ESC O`, modifiers left out. */
const sequences: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  M: 'enter',
  '1~': 'home',
  '2~': 'insert',
  '3~': 'delete',
  '4~': 'end',
  '5~': 'pageup',
  '6~': 'pagedown',
  '7~': 'home',
  '8~': 'end',
  '11~': 'f1',
  '12~': 'f2',
  '13~': 'f3',
  '14~': 'f4',
  '15~': 'f5',
  '17~': 'f6',
  '18~': 'f7',
  '19~': 'f8',
  '20~': 'f9',
  '21~': 'f10',
  '23~': 'f11',
  '24~': 'f12',
};

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b': 'esc',
  '\0': 'ctrl-space',
  '\x1c': 'ctrl-\\',
  '\x1d': 'ctrl-]',
  '\x1e': 'ctrl-^',
  '\x1f': 'ctrl-_',
};

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const csi = /^\x1b\[([<>=?]?)([\d;:]*)([ -/]*)([@-~])/;
const ss3 = /^\x1bO([\d;]*)([A-Za-z])/;
/** OSC, DCS, APC, PM: answers of a terminal. Nobody asked here. */
const string = /^\x1b[\]P_^][^\x07\x1b]*(?:\x07|\x1b\\)/;
const unfinished = /^\x1b(?:\[[<>=?]?[\d;:]*[ -/]*|O[\d;]*|[\]P_^][^\x07\x1b]{0,4096}\x1b?)?$/;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: escape sequences begin with one

export function createInputParser(): InputParser {
  const decoder = new TextDecoder();
  let kept = '';
  const one = (final: boolean): Input | undefined => {
    while (kept !== '') {
      const step = next(kept, final);
      if (step === undefined) break;
      kept = kept.slice(step.length);
      if (step.input !== undefined) return step.input;
    }
    return undefined;
  };
  const parse = (final: boolean): readonly Input[] => {
    const inputs: Input[] = [];
    for (let input = one(final); input !== undefined; input = one(final)) inputs.push(input);
    return inputs;
  };
  const push = (bytes: Buffer): void => {
    kept += decoder.decode(bytes, { stream: true });
  };
  return {
    feed: (bytes) => {
      push(bytes);
      return parse(false);
    },
    push,
    next: () => one(false),
    rest: () => {
      const rest = Buffer.from(kept);
      kept = '';
      return rest;
    },
    pending: () => kept !== '',
    flush: () => parse(true),
  };
}

interface Step {
  readonly length: number;
  readonly input?: Input;
}

/** Undefined: more has to come. */
function next(text: string, final: boolean): Step | undefined {
  if (text.startsWith(PASTE_BEGIN)) return paste(text, final);
  if (!text.startsWith('\x1b')) return plain(text);
  if (!final && unfinished.test(text)) return undefined;
  return sequence(text) ?? escaped(text);
}

function paste(text: string, final: boolean): Step | undefined {
  const end = text.indexOf(PASTE_END);
  if (end === -1 && !final && text.length < LONGEST_PASTE) return undefined;
  const pasted = text.slice(PASTE_BEGIN.length, end === -1 ? undefined : end);
  return {
    length: end === -1 ? text.length : end + PASTE_END.length,
    input: { type: 'paste', text: pasted },
  };
}

function plain(text: string): Step {
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return { length: character.length, input: { type: 'key', key: keyOf(character) } };
}

function keyOf(character: string): Key {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0x1f && code !== 0x7f) return { name: character === ' ' ? 'space' : character, text: character };
  return { name: controls[character] ?? `ctrl-${String.fromCharCode(code + 96)}`, text: '' };
}

function sequence(text: string): Step | undefined {
  const found = csi.exec(text);
  if (found !== null) {
    const [raw, prefix = '', parameters = '', , final = ''] = found;
    return { length: raw.length, ...withInput(csiInput(prefix, parameters, final)) };
  }
  const shifted = ss3.exec(text);
  if (shifted !== null) {
    const [raw, , final = ''] = shifted;
    return { length: raw.length, ...withInput(named(sequences[final])) };
  }
  const answer = string.exec(text);
  return answer === null ? undefined : { length: answer[0].length };
}

/** Escape and a character is that character with Alt; Escape alone is itself. */
function escaped(text: string): Step {
  const rest = text.slice(1);
  if (rest === '' || rest.startsWith('\x1b')) return { length: 1, ...withInput(named('esc')) };
  const { length, input } = plain(rest);
  const name = input?.type === 'key' ? `alt-${input.key.name}` : undefined;
  return { length: length + 1, ...withInput(named(name)) };
}

function csiInput(prefix: string, parameters: string, final: string): Input | undefined {
  if (prefix === '<') return mouse(parameters, final);
  // Another prefix is a terminal's answer.
  if (prefix !== '') return undefined;
  if (parameters === '' && (final === 'I' || final === 'O')) return { type: 'focus', focused: final === 'I' };
  const [number = '', modifiers = '1'] = parameters.split(';');
  const name = sequences[final === '~' ? `${number}~` : final];
  return name === undefined ? undefined : named(`${modifierNames(Number(modifiers) - 1)}${name}`);
}

function modifierNames(bits: number): string {
  if (!(bits > 0)) return '';
  return `${bits & 4 ? 'ctrl-' : ''}${bits & 2 ? 'alt-' : ''}${bits & 1 ? 'shift-' : ''}`;
}

/** SGR mouse reports (1006): xterm's ctlseqs. */
function mouse(parameters: string, final: string): Input | undefined {
  const [code = 0, columnFrom1 = 1, rowFrom1 = 1] = parameters.split(';').map(Number);
  const [column, row] = [columnFrom1 - 1, rowFrom1 - 1];
  const report = { code, column, row, released: final === 'm' };
  const place = { column, row, button: code & 3 };
  if (code & 64)
    return { type: 'mouse', report, mouse: { action: code & 1 ? 'wheel-down' : 'wheel-up', ...place } };
  const action = final === 'm' ? 'release' : code & 32 ? 'drag' : 'press';
  return { type: 'mouse', report, mouse: { action, ...place } };
}

function named(name: string | undefined): Input | undefined {
  return name === undefined ? undefined : { type: 'key', key: { name, text: '' } };
}

function withInput(input: Input | undefined): { readonly input?: Input } {
  return input === undefined ? {} : { input };
}
