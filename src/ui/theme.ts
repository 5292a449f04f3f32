/** Colours and glyphs. A state is always a glyph and a word too: colour is never the only carrier of a meaning. */
import type { MachineState } from '../machines/machines.ts';

/** What a colour is for; themes say which it is. */
export type Role =
  | 'title'
  | 'border'
  | 'focus'
  | 'live'
  | 'dim'
  | 'key'
  | 'good'
  | 'busy'
  | 'cold'
  | 'warning'
  | 'danger'
  | 'marked';

/** Parameters of SGR: ECMA-48, 8.3.117. */
type Colours = Readonly<Record<Role, string>>;

export type ThemeName = 'dark' | 'light' | 'high-contrast' | 'colour-blind' | 'none';

export const themeNames: readonly ThemeName[] = ['dark', 'light', 'high-contrast', 'colour-blind', 'none'];

const dark: Colours = {
  title: '1',
  border: '90',
  focus: '1;36',
  live: '1;33',
  dim: '90',
  key: '36',
  good: '32',
  busy: '36',
  cold: '34',
  warning: '33',
  danger: '31',
  marked: '35',
};

const themes: Readonly<Record<Exclude<ThemeName, 'none'>, Colours>> = {
  dark,
  light: { ...dark, border: '37', dim: '2', live: '1;35', warning: '35', marked: '34', cold: '94' },
  'high-contrast': {
    ...dark,
    border: '97',
    dim: '37',
    focus: '1;97;44',
    live: '1;30;103',
    danger: '1;97;41',
  },
  // Blue and orange are told apart by nearly all; red and green are not (Okabe and Ito, 2008).
  'colour-blind': {
    ...dark,
    good: '38;5;39',
    busy: '38;5;117',
    cold: '38;5;25',
    warning: '38;5;220',
    danger: '38;5;208',
  },
};

export interface Glyphs {
  readonly states: Readonly<Record<MachineState, string>>;
  readonly horizontal: string;
  readonly vertical: string;
  readonly corners: readonly [string, string, string, string];
  readonly heavy: {
    readonly horizontal: string;
    readonly vertical: string;
    readonly corners: readonly [string, string, string, string];
  };
  readonly pointer: string;
  readonly mark: string;
  readonly cut: string;
  readonly up: string;
  readonly down: string;
}

const unicode: Glyphs = {
  states: {
    stopped: '○',
    starting: '◔',
    running: '●',
    freezing: '◑',
    frozen: '■',
    stopping: '◕',
    error: '✗',
  },
  horizontal: '─',
  vertical: '│',
  corners: ['┌', '┐', '└', '┘'],
  heavy: { horizontal: '━', vertical: '┃', corners: ['┏', '┓', '┗', '┛'] },
  pointer: '▸',
  mark: '◆',
  cut: '…',
  up: '▲',
  down: '▼',
};

const ascii: Glyphs = {
  states: {
    stopped: 'o',
    starting: '>',
    running: '*',
    freezing: '%',
    frozen: '#',
    stopping: '<',
    error: 'x',
  },
  horizontal: '-',
  vertical: '|',
  corners: ['+', '+', '+', '+'],
  heavy: { horizontal: '=', vertical: '#', corners: ['#', '#', '#', '#'] },
  pointer: '>',
  mark: '+',
  cut: '~',
  up: '^',
  down: 'v',
};

export interface Theme {
  readonly name: ThemeName;
  readonly unicode: boolean;
  readonly glyphs: Glyphs;
  readonly paint: (role: Role | undefined, text: string) => string;
  /** The chosen row: reversed, and pointed at by a glyph besides. */
  readonly chosen: (text: string) => string;
}

export const stateRoles: Readonly<Record<MachineState, Role>> = {
  stopped: 'dim',
  starting: 'busy',
  running: 'good',
  freezing: 'cold',
  frozen: 'cold',
  stopping: 'warning',
  error: 'danger',
};

export function createTheme(name: ThemeName, options: { readonly unicode: boolean }): Theme {
  const glyphs = options.unicode ? unicode : ascii;
  if (name === 'none') {
    return { name, ...options, glyphs, paint: (_, text) => text, chosen: (text) => text };
  }
  const colours = themes[name];
  return {
    name,
    ...options,
    glyphs,
    paint: (role, text) =>
      role === undefined || text === '' ? text : `\x1b[${colours[role]}m${text}\x1b[0m`,
    chosen: (text) => `\x1b[7m${text.replaceAll('\x1b[0m', '\x1b[0;7m')}\x1b[0m`,
  };
}
