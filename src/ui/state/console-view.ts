/** Which consoles are seen, which one the keys go to, and what is said of each. Pure. */
import type { DashboardState } from './dashboard-state.ts';
import type { ReplayPlace } from './replay-view.ts';

/** A machine's console is known by its name; others of it by its name and a word: `web shell`. Names hold no spaces. */
export type ConsoleId = string;

export interface ConsoleView {
  /** The one that has, or had, the keys. */
  readonly current: ConsoleId | undefined;
  /** Those side by side; fewer than two: only one is seen. */
  readonly grid: readonly ConsoleId[];
  /** The current one covers the others of the grid. */
  readonly alone: boolean;
  /** What is typed goes to all of the grid. */
  readonly broadcast: boolean;
  /** The leader was typed, its key is to come. */
  readonly leader: boolean;
  /** Of each one that has a screen, also after its end. */
  readonly about: ReadonlyMap<ConsoleId, ConsoleAbout>;
}

export interface ConsoleAbout {
  /** How it ended. */
  readonly ended: string | undefined;
  /** The file. */
  readonly recording: string | undefined;
  readonly scroll: ScrollPlace | undefined;
  /** It is a recording that is played. */
  readonly replay: ReplayPlace | undefined;
}

/** Lines are counted from 1. */
export interface ScrollPlace {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly search: string;
  /** It is being typed. */
  readonly searching: boolean;
}

export const noConsoles: ConsoleView = {
  current: undefined,
  grid: [],
  alone: false,
  broadcast: false,
  leader: false,
  about: new Map(),
};

const nothingSaid: ConsoleAbout = {
  ended: undefined,
  recording: undefined,
  scroll: undefined,
  replay: undefined,
};

/** No screen has room for more. */
export const mostInGrid = 9;

export function machineOf(id: ConsoleId): string {
  return id.split(' ', 1)[0] ?? id;
}

const SHELL = ' shell';

export function shellOf(name: string): ConsoleId {
  return name + SHELL;
}

export function isShell(id: ConsoleId): boolean {
  return id.endsWith(SHELL);
}

const REPLAY = ' replay';

/** A recording, in the pane of that machine; '' if there is none. */
export function replayOf(name: string): ConsoleId {
  return name + REPLAY;
}

export function isReplay(id: ConsoleId): boolean {
  return id.endsWith(REPLAY);
}

export function withView(state: DashboardState, part: Partial<ConsoleView>): DashboardState {
  return { ...state, view: { ...state.view, ...part } };
}

export function about(state: DashboardState, id: ConsoleId, part: Partial<ConsoleAbout>): DashboardState {
  const before = state.view.about.get(id);
  const next = { ...nothingSaid, ...before, ...part };
  return withView(state, { about: new Map(state.view.about).set(id, next) });
}

export function isGrid({ view }: Pick<DashboardState, 'view'>): boolean {
  return view.grid.length > 1 && !view.alone;
}

/** Those that the console tab shows now. */
export function seenConsoles(state: DashboardState): readonly ConsoleId[] {
  if (state.tab !== 'console') return [];
  const { grid, current, about } = state.view;
  if (isGrid(state)) return grid;
  if (grid.length > 1 && current !== undefined) return [current];
  const { selected, gone } = state;
  if (current !== undefined && machineOf(current) === (selected ?? '') && about.has(current))
    return [current];
  return selected === undefined || gone !== undefined ? [] : [selected];
}

/** The one that gets what is typed; undefined: keys are the dashboard's. */
export function typedAt(state: DashboardState): ConsoleId | undefined {
  const { current } = state.view;
  if (state.focus !== 'console' || state.dialogs.length > 0 || current === undefined) return undefined;
  return seenConsoles(state).includes(current) ? current : undefined;
}

export function enter(state: DashboardState, id: ConsoleId): DashboardState {
  const grid = state.view.grid.includes(id) ? state.view.grid : [];
  const selected = machineOf(id) || undefined;
  // Nothing can be typed at a recording: keys stay the dashboard's.
  const focus = isReplay(id) ? 'detail' : 'console';
  return withView(
    { ...state, tab: 'console', focus, selected, cursors: {} },
    { current: id, grid, leader: false, broadcast: state.view.broadcast && grid.length > 1 },
  );
}

/** Back to the tab, from where keys are the dashboard's. */
export function leave(state: DashboardState): DashboardState {
  return withView({ ...state, focus: 'detail' }, { leader: false, broadcast: false });
}

export function enterNext(state: DashboardState, step: 1 | -1): DashboardState {
  const { grid, current = '', about } = state.view;
  const ids = grid.length > 1 ? grid : [...about.keys()];
  const next = ids[(ids.indexOf(current) + step + ids.length) % ids.length];
  return next === undefined ? state : enter(state, next);
}

/** Side by side, on all the room there is; the first has the keys. */
export function enterGrid(state: DashboardState, ids: readonly ConsoleId[]): DashboardState {
  const grid = ids.slice(0, mostInGrid);
  const [first] = grid;
  if (first === undefined) return state;
  const next = enter({ ...state, zoomed: grid.length > 1 || state.zoomed }, first);
  return withView(next, { grid, alone: false, broadcast: false });
}

/** They stay open; only one is seen again. */
export function leaveGrid(state: DashboardState): DashboardState {
  return withView({ ...state, zoomed: false }, { grid: [], alone: false, broadcast: false });
}

/** Of a grid the current one covers the others; else its pane covers the list. */
export function zoomConsole(state: DashboardState): DashboardState {
  return state.view.grid.length > 1
    ? withView(state, { alone: !state.view.alone })
    : { ...state, zoomed: !state.zoomed };
}

export function opened(state: DashboardState, id: ConsoleId): DashboardState {
  const live = { ...state, consoles: [...state.consoles.filter((other) => other !== id), id] };
  return about(live, id, nothingSaid);
}

/** Its last screen stays to be read. */
export function ended(state: DashboardState, id: ConsoleId, words: string): DashboardState {
  const closed = { ...state, consoles: state.consoles.filter((other) => other !== id) };
  const said = about(closed, id, { ended: words, recording: undefined });
  return typedAt(state) === id && !isGrid(state) ? leave(said) : said;
}

/** Nothing of it is kept. */
export function forgotten(state: DashboardState, id: ConsoleId): DashboardState {
  const kept = new Map(state.view.about);
  kept.delete(id);
  const next = { ...state, consoles: state.consoles.filter((other) => other !== id) };
  return withView(next, { about: kept, grid: state.view.grid.filter((other) => other !== id) });
}
