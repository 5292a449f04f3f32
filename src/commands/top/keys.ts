/** What each key does on the full screen. Pure. */
import { listHeight, nextSort, reorder, settle, type TopState } from './state.ts';

/** As readline's emitKeypressEvents tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

/** What the screen cannot do itself. */
export type Wish = 'quit' | 'suspend' | 'redraw' | 'sample';

export interface Pressed {
  readonly state: TopState;
  readonly wish?: Wish;
}

type Act = (state: TopState, now: number) => Pressed;

const [SHORTEST_S, LONGEST_S] = [0.1, 3600];

const move =
  (to: (index: number, count: number, page: number) => number): Act =>
  (state, now) => {
    const { rows } = state;
    const index = rows.findIndex(({ id }) => id === state.selected);
    const wanted = to(Math.max(0, index), rows.length, Math.max(1, listHeight(state.size) - 1));
    const selected = rows[Math.max(0, Math.min(rows.length - 1, wanted))]?.id;
    return { state: settle({ ...state, selected, chosen: true, movedAt: now }) };
  };

const sorted = (state: TopState, sort: TopState['sort']): Pressed => ({
  // Who sorts wants to see it at once.
  state: settle(reorder({ ...state, sort, movedAt: Number.NEGATIVE_INFINITY })),
});

const pace =
  (factor: number): Act =>
  (state) => {
    const interval = Math.min(LONGEST_S, Math.max(SHORTEST_S, state.interval * factor));
    return { state: { ...state, interval: Math.round(interval * 10) / 10 } };
  };

const toggle: Act = (state) => {
  const id = state.selected?.split('\n', 1)[0];
  if (id === undefined) return { state };
  const expanded = new Set(state.expanded);
  if (!expanded.delete(id)) expanded.add(id);
  return { state: settle({ ...state, expanded, selected: id, chosen: true }), wish: 'sample' };
};

const up = move((index) => index - 1);
const down = move((index) => index + 1);
const pageUp = move((index, _, page) => index - page);
const pageDown = move((index, _, page) => index + page);
const first = move(() => 0);
const last = move((_, count) => count - 1);
const quit: Act = (state) => ({ state, wish: 'quit' });

/** By the key's name, else by what it types. */
const keys: Readonly<Record<string, Act>> = {
  k: up,
  up,
  j: down,
  down,
  pageup: pageUp,
  pagedown: pageDown,
  g: first,
  home: first,
  G: last,
  end: last,
  '<': (state) => sorted(state, nextSort(state, -1)),
  '>': (state) => sorted(state, nextSort(state, 1)),
  R: (state) => sorted(state, state.sort && { ...state.sort, down: !state.sort.down }),
  '/': (state) => ({ state: { ...state, editing: true } }),
  return: toggle,
  enter: toggle,
  p: (state) => ({ state: { ...state, paused: !state.paused } }),
  '+': pace(2),
  '-': pace(0.5),
  '?': (state) => ({ state: { ...state, help: true } }),
  // Up one level, and never out.
  escape: (state) => ({ state: settle({ ...state, filter: '', expanded: new Set() }) }),
  q: quit,
};

const always: Readonly<Record<string, Act>> = {
  c: quit,
  z: (state) => ({ state, wish: 'suspend' }),
  l: (state) => ({ state, wish: 'redraw' }),
};

/** What a terminal tells in focus mode: xterm's control sequences, "Focus reporting". */
const FOCUS_IN = '\x1b[I';
const FOCUS_OUT = '\x1b[O';

/** @param now milliseconds of the monotonic clock */
export function press(state: TopState, key: Key, now: number): Pressed {
  const { name = '', sequence = '' } = key;
  if (sequence === FOCUS_IN || sequence === FOCUS_OUT)
    return { state: { ...state, focused: sequence === FOCUS_IN } };
  if (key.ctrl === true) return (always[name] ?? (() => ({ state })))(state, now);
  if (state.editing) return { state: edit(state, key) };
  if (state.help)
    return name === 'q' || name === 'escape' || sequence === '?'
      ? { state: { ...state, help: false } }
      : { state };
  const act = keys[sequence] ?? keys[name];
  return act === undefined ? { state } : act(state, now);
}

/** The filter is applied while it is typed. */
function edit(state: TopState, { name = '', sequence = '' }: Key): TopState {
  if (name === 'return' || name === 'enter') return { ...state, editing: false };
  if (name === 'escape') return settle({ ...state, editing: false, filter: '' });
  if (name === 'backspace') return settle({ ...state, filter: state.filter.slice(0, -1) });
  // Only what is one printable character.
  return /^[ -~]$/.test(sequence) ? settle({ ...state, filter: state.filter + sequence }) : state;
}

/** For the help and the line at the bottom. */
export const keyHelp: readonly (readonly [string, string])[] = [
  ['j k, arrows', 'down and up; PgUp PgDn pages, g G first and last'],
  ['Enter', 'show or hide the processes of a machine'],
  ['< >', 'the column to sort by; R the other way round'],
  ['/', 'only names with this in them; Esc shows all again'],
  ['p', 'pause, and go on'],
  ['+ -', 'longer and shorter interval'],
  ['Ctrl-L Ctrl-Z', 'draw anew; suspend'],
  ['q', 'quit'],
];
