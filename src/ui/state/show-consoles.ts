/** How consoles come to be seen and typed at, and go again. Pure. */
import {
  type ConsoleAbout,
  type ConsoleId,
  type ConsoleView,
  isReplay,
  machineOf,
  mostInGrid,
  nothingSaid,
} from './console-view.ts';
import type { DashboardState } from './dashboard-state.ts';

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
