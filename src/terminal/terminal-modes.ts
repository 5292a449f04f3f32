/**
 * Remembers which modes of the terminal a machine's programs switched on, so that leaving the console gives the person
 * the terminal back as it was. Watches the output; changes nothing in it. Pure.
 */

// DEC private modes that outlive their program to a person's harm: application cursor keys, reverse video, mouse,
// focus, alternate screens, bracketed paste.
const watched: ReadonlySet<number> = new Set([
  1, 5, 9, 47, 66, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1047, 1049, 2004, 2026,
]);
const HIDDEN_CURSOR = 25;
const ESCAPE = 0x1b;

/** Longer than any sequence that matters. */
const longestTail = 64;

const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  /\x1b(?:\[\?([\d;]*)([hl])|\[(\d*;?\d*)r|\[([>=<])([\d;]*)u|([=>])|(c))/g;

export interface TerminalModes {
  readonly watch: (bytes: Buffer) => void;
  /** What to write to undo it all; safe to write when nothing is to be undone. */
  readonly undo: () => string;
}

export function createTerminalModes(): TerminalModes {
  let tail = '';
  let state = initial();
  return {
    watch: (bytes) => {
      // Most output is plain text, and a flood of it should cost no more than this look.
      if (tail === '' && !bytes.includes(ESCAPE)) return;
      const text = tail + bytes.toString('latin1');
      const end = cutLength(text);
      tail = text.slice(end);
      for (const match of text.slice(0, end).matchAll(sequence)) state = apply(state, match);
    },
    undo: () => undoText(state),
  };
}

interface State {
  readonly on: ReadonlySet<number>;
  readonly cursorHidden: boolean;
  readonly scrollRegion: boolean;
  readonly keypad: boolean;
  readonly keyboardLevels: number;
}

function initial(): State {
  return { on: new Set(), cursorHidden: false, scrollRegion: false, keypad: false, keyboardLevels: 0 };
}

function apply(state: State, match: RegExpMatchArray): State {
  const [, modes, setting, region, keyboard, , keypad, reset] = match;
  if (reset !== undefined) return initial();
  if (keypad !== undefined) return { ...state, keypad: keypad === '=' };
  if (region !== undefined) return { ...state, scrollRegion: region !== '' };
  if (keyboard === '>') return { ...state, keyboardLevels: state.keyboardLevels + 1 };
  if (keyboard === '<') return { ...state, keyboardLevels: Math.max(0, state.keyboardLevels - 1) };
  if (modes === undefined) return state;
  return modes
    .split(';')
    .map(Number)
    .reduce((now, mode) => setMode(now, mode, setting === 'h'), state);
}

function setMode(state: State, mode: number, enable: boolean): State {
  if (mode === HIDDEN_CURSOR) return { ...state, cursorHidden: !enable };
  if (!watched.has(mode)) return state;
  const on = new Set(state.on);
  if (enable) on.add(mode);
  else on.delete(mode);
  return { ...state, on };
}

function undoText(state: State): string {
  // The alternate screen is left last: leaving it brings the cursor back.
  const modes = [...state.on].sort((a, b) => a - b).map((mode) => `\x1b[?${mode}l`);
  return [
    // Setting the region moves the cursor, so it is saved around it.
    state.scrollRegion ? '\x1b7\x1b[r\x1b8' : '',
    state.keyboardLevels > 0 ? `\x1b[<${state.keyboardLevels}u` : '',
    state.keypad ? '\x1b>' : '',
    ...modes,
    state.cursorHidden ? '\x1b[?25h' : '',
    // Colours and a foreign character set have no counterpart worth tracking.
    '\x1b[0m\x1b(B\x0f',
  ].join('');
}

/** All but an escape sequence that the end may have cut in two. */
function cutLength(text: string): number {
  const last = text.lastIndexOf('\x1b');
  if (last === -1 || text.length - last > longestTail) return text.length;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return /^\x1b(?:\[[?>=<]?[\d;]*)?$/.test(text.slice(last)) ? last : text.length;
}
