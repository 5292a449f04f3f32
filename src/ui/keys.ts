/** Every key, in one place: what it does, where, and what the help says. Remapped by the settings (settings.ts). */

/** Where keys go. A key of `everywhere` is in force unless a place has its own. */
export type Place =
  | 'everywhere'
  | 'list'
  | 'detail'
  | 'charts'
  | 'snapshots'
  | 'changes'
  | 'replay'
  | 'console';

export interface Binding {
  readonly action: string;
  readonly keys: readonly string[];
  readonly place: Place;
  readonly help: string;
  /** In the line at the bottom, if it fits: a word. */
  readonly hint?: string;
  /** Changes machines: not there with --read-only. */
  readonly writes?: true;
}

/** Through what is shown. */
const moving = [
  { action: 'down', keys: ['j', 'down'], place: 'everywhere', help: 'next line' },
  { action: 'up', keys: ['k', 'up'], place: 'everywhere', help: 'line before' },
  { action: 'first', keys: ['g', 'home'], place: 'everywhere', help: 'first line' },
  { action: 'last', keys: ['G', 'end'], place: 'everywhere', help: 'last line' },
  { action: 'page-up', keys: ['pageup', 'ctrl-b'], place: 'everywhere', help: 'a page up' },
  { action: 'page-down', keys: ['pagedown', 'ctrl-f'], place: 'everywhere', help: 'a page down' },
  { action: 'next-pane', keys: ['tab', 'l', 'right'], place: 'everywhere', help: 'next pane' },
  { action: 'previous-pane', keys: ['shift-tab', 'h', 'left'], place: 'everywhere', help: 'pane before' },
  { action: 'next-tab', keys: [']'], place: 'everywhere', help: 'next tab' },
  { action: 'previous-tab', keys: ['['], place: 'everywhere', help: 'tab before' },
  { action: 'tab-overview', keys: ['1'], place: 'everywhere', help: 'tab Overview' },
  { action: 'tab-console', keys: ['2'], place: 'everywhere', help: 'tab Console' },
  { action: 'tab-charts', keys: ['3'], place: 'everywhere', help: 'tab Charts' },
  { action: 'tab-processes', keys: ['4'], place: 'everywhere', help: 'tab Processes' },
  { action: 'tab-snapshots', keys: ['5'], place: 'everywhere', help: 'tab Snapshots' },
  { action: 'tab-changes', keys: ['6'], place: 'everywhere', help: 'tab Changes' },
  { action: 'tab-events', keys: ['7'], place: 'everywhere', help: 'tab Events' },
  { action: 'tab-plan', keys: ['8'], place: 'everywhere', help: 'tab Plan' },
  { action: 'open', keys: ['enter'], place: 'everywhere', help: 'open', hint: 'open' },
  { action: 'back', keys: ['esc'], place: 'everywhere', help: 'up one level; never quits' },
] as const satisfies readonly Binding[];

/** What is seen, and how. */
const viewing = [
  { action: 'quit', keys: ['q'], place: 'everywhere', help: 'back; quits at the list', hint: 'quit' },
  {
    action: 'break-off',
    keys: ['ctrl-c'],
    place: 'everywhere',
    help: 'break off and undo what is under way',
  },
  { action: 'suspend', keys: ['ctrl-z'], place: 'everywhere', help: 'to the shell; fg comes back' },
  { action: 'redraw', keys: ['ctrl-l'], place: 'everywhere', help: 'draw all again, and look again' },
  { action: 'filter', keys: ['/'], place: 'everywhere', help: 'show only what fits', hint: 'filter' },
  { action: 'next-match', keys: ['n'], place: 'everywhere', help: 'next machine that fits' },
  { action: 'previous-match', keys: ['N'], place: 'everywhere', help: 'machine before that fits' },
  { action: 'palette', keys: [':'], place: 'everywhere', help: 'every command, by name', hint: 'commands' },
  { action: 'help', keys: ['?'], place: 'everywhere', help: 'the keys of this place', hint: 'help' },
  { action: 'zoom', keys: ['+', '_'], place: 'everywhere', help: 'one pane alone, or all' },
  { action: 'sort-previous', keys: ['<'], place: 'everywhere', help: 'sort by the column before' },
  { action: 'sort-next', keys: ['>'], place: 'everywhere', help: 'sort by the next column' },
  { action: 'sort-reverse', keys: ['R'], place: 'everywhere', help: 'sort the other way' },
  { action: 'columns', keys: ['C'], place: 'everywhere', help: 'which columns the list shows' },
  { action: 'pause', keys: ['p'], place: 'everywhere', help: 'hold the figures, or let them go on' },
  { action: 'copy', keys: ['y'], place: 'everywhere', help: 'copy the command line of the last action' },
  { action: 'mouse', keys: ['M'], place: 'everywhere', help: 'mouse for us, or for selecting text' },
  { action: 'read-only', keys: ['!'], place: 'everywhere', help: 'refuse changes, or allow them' },
] as const satisfies readonly Binding[];

const marking = [
  { action: 'mark', keys: ['space'], place: 'list', help: 'mark, or take the mark off' },
  { action: 'mark-range', keys: ['v'], place: 'list', help: 'mark from here to where it is pressed again' },
  { action: 'mark-all', keys: ['*'], place: 'list', help: 'mark all that are shown' },
  { action: 'unmark', keys: ['u'], place: 'list', help: 'take all marks off' },
] as const satisfies readonly Binding[];

/** What is done to machines. */
const acting = [
  {
    action: 'create',
    keys: ['a'],
    place: 'everywhere',
    help: 'create a machine',
    hint: 'create',
    writes: true,
  },
  { action: 'start', keys: ['b'], place: 'everywhere', help: 'start (boot)', hint: 'boot', writes: true },
  { action: 'stop', keys: ['s'], place: 'everywhere', help: 'stop', hint: 'stop', writes: true },
  { action: 'restart', keys: ['r'], place: 'everywhere', help: 'restart', writes: true },
  {
    action: 'freeze',
    keys: ['f'],
    place: 'everywhere',
    help: 'freeze, or thaw',
    hint: 'freeze',
    writes: true,
  },
  { action: 'kill', keys: ['X'], place: 'everywhere', help: 'kill every process', writes: true },
  { action: 'console', keys: ['c'], place: 'everywhere', help: 'its console', hint: 'console' },
  {
    action: 'console-grid',
    keys: ['w'],
    place: 'everywhere',
    help: 'consoles of marked machines, else all open ones, side by side',
  },
  {
    action: 'shell',
    keys: ['e'],
    place: 'everywhere',
    help: 'a root shell in it',
    hint: 'shell',
    writes: true,
  },
  {
    action: 'shell-here',
    keys: ['E'],
    place: 'everywhere',
    help: 'a root shell in it, on the whole terminal',
    writes: true,
  },
  { action: 'replay', keys: ['P'], place: 'everywhere', help: 'play a recording of a console' },
  {
    action: 'snapshot',
    keys: ['S'],
    place: 'everywhere',
    help: 'take a snapshot',
    hint: 'snapshot',
    writes: true,
  },
  { action: 'clone', keys: ['K'], place: 'everywhere', help: 'clone', writes: true },
  { action: 'limits', keys: ['L'], place: 'everywhere', help: 'change its limits', writes: true },
  { action: 'rename', keys: ['m'], place: 'everywhere', help: 'rename', writes: true },
  { action: 'destroy', keys: ['D'], place: 'everywhere', help: 'destroy (to the trash)', writes: true },
  {
    action: 'undo',
    keys: ['z'],
    place: 'everywhere',
    help: 'undo the last destroy, restore, revert',
    writes: true,
  },
] as const satisfies readonly Binding[];

const inCharts = [
  { action: 'next-chart', keys: ['j', 'down'], place: 'charts', help: 'next chart' },
  { action: 'previous-chart', keys: ['k', 'up'], place: 'charts', help: 'chart before' },
  {
    action: 'one-chart',
    keys: ['enter'],
    place: 'charts',
    help: 'this chart alone, or all',
    hint: 'one alone',
  },
  { action: 'earlier', keys: ['left', 'h'], place: 'charts', help: 'back in time', hint: 'back in time' },
  { action: 'later', keys: ['right', 'l'], place: 'charts', help: 'forward in time', hint: 'forward' },
  { action: 'much-earlier', keys: ['pageup', 'ctrl-b'], place: 'charts', help: 'half a minute back' },
  { action: 'much-later', keys: ['pagedown', 'ctrl-f'], place: 'charts', help: 'half a minute forward' },
  { action: 'earliest', keys: ['home', 'g'], place: 'charts', help: 'the first moment that is kept' },
  { action: 'now', keys: ['end', 'G'], place: 'charts', help: 'the present' },
] as const satisfies readonly Binding[];

const inPlaces = [
  {
    action: 'restore',
    keys: ['t'],
    place: 'snapshots',
    help: 'put the machine back to it',
    hint: 'restore',
    writes: true,
  },
  {
    action: 'remove-snapshot',
    keys: ['D'],
    place: 'snapshots',
    help: 'remove it',
    hint: 'remove',
    writes: true,
  },
  {
    action: 'clone-snapshot',
    keys: ['K'],
    place: 'snapshots',
    help: 'a new machine of it',
    hint: 'clone',
    writes: true,
  },
  { action: 'diff-snapshot', keys: ['d'], place: 'snapshots', help: 'what has changed since', hint: 'diff' },
  {
    action: 'revert',
    keys: ['t'],
    place: 'changes',
    help: 'put the path back to what the image has',
    hint: 'revert',
    writes: true,
  },
  {
    action: 'replay-toggle',
    keys: ['space', 'enter'],
    place: 'replay',
    help: 'hold it, or play on',
    hint: 'hold or play',
  },
  { action: 'replay-back', keys: ['left', 'h'], place: 'replay', help: '5 seconds back', hint: 'back' },
  {
    action: 'replay-forward',
    keys: ['right', 'l'],
    place: 'replay',
    help: '5 seconds forward',
    hint: 'forward',
  },
  { action: 'replay-far-back', keys: ['pageup', 'ctrl-b'], place: 'replay', help: 'a minute back' },
  {
    action: 'replay-far-forward',
    keys: ['pagedown', 'ctrl-f'],
    place: 'replay',
    help: 'a minute forward',
  },
  { action: 'replay-step', keys: ['.'], place: 'replay', help: 'to what comes next, and hold', hint: 'step' },
  { action: 'replay-slower', keys: ['<'], place: 'replay', help: 'slower' },
  { action: 'replay-faster', keys: ['>'], place: 'replay', help: 'faster', hint: 'faster' },
  { action: 'replay-start', keys: ['home', 'g'], place: 'replay', help: 'its beginning' },
  { action: 'replay-end', keys: ['end', 'G'], place: 'replay', help: 'its end' },
  { action: 'replay-close', keys: ['q', 'esc'], place: 'replay', help: 'close it', hint: 'close' },
] as const satisfies readonly Binding[];

export const bindings = [...moving, ...viewing, ...marking, ...acting, ...inCharts, ...inPlaces] as const;

/** As they are looked for by name: first what is done; who wants to move does it with a key. */
export const byNeed: readonly Binding[] = [
  ...acting,
  ...marking,
  ...viewing,
  ...inPlaces,
  ...inCharts,
  ...moving,
];

/** Behind the leader, at a console; any other one goes to the machine with the leader. */
export const leaderKeys = {
  q: 'leave',
  d: 'leave',
  z: 'zoom',
  n: 'next',
  p: 'previous',
  b: 'broadcast',
  f: 'hand-off',
  r: 'record',
  '[': 'scroll',
} as const;

/** In the lines above a console; the leader is not needed there. */
export const scrollbackKeys = {
  j: 'down',
  down: 'down',
  k: 'up',
  up: 'up',
  pagedown: 'page-down',
  space: 'page-down',
  'ctrl-f': 'page-down',
  pageup: 'page-up',
  'ctrl-b': 'page-up',
  g: 'first',
  home: 'first',
  G: 'last',
  end: 'last',
  '/': 'search',
  n: 'next-match',
  N: 'previous-match',
  esc: 'leave',
  q: 'leave',
} as const;

/** In a dialog, where most keys are typed: these stay as they are everywhere, so that nobody is caught in one. */
export const dialogKeys = {
  cancel: new Set(['esc', 'ctrl-c']),
  /** Of a dialog in which nothing is typed. */
  close: new Set(['esc', 'q', 'enter', '?', 'ctrl-c']),
  /** Lines down. */
  scroll: { j: 1, down: 1, k: -1, up: -1, pagedown: 10, pageup: -10, space: 10 },
  ends: {
    g: Number.NEGATIVE_INFINITY,
    home: Number.NEGATIVE_INFINITY,
    G: Number.POSITIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
  },
} as const satisfies {
  readonly cancel: ReadonlySet<string>;
  readonly close: ReadonlySet<string>;
  readonly scroll: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
};

export type Action = (typeof bindings)[number]['action'];
