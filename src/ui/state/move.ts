/** Moving in the list and in the lines of a pane. Pure. */
import { inner, layoutOf } from '../layout.ts';
import { detailLines, detailSize, settled } from '../panes/detail.ts';
import { panes } from '../panes/panes.ts';
import { createTheme } from '../theme.ts';
import type { DashboardState, Tab } from './dashboard-state.ts';

export type Step = 'up' | 'down' | 'first' | 'last' | 'page-up' | 'page-down';

/** For counting lines, colours do not matter. */
const plain = createTheme('none', { unicode: true });

export function moveInList(state: DashboardState, step: Step, now: number): DashboardState {
  const { list } = layoutOf(state);
  const page = list === undefined ? 10 : Math.max(1, inner(list).height - 2);
  const selected = state.order[moved(placeIn(state, step), step, state.order.length, page)];
  return {
    ...state,
    selected,
    gone: undefined,
    movedAt: now,
    cursors: selected === state.selected ? state.cursors : {},
  };
}

/** Of one that is gone: between those that stood around it. */
function placeIn({ order, selected, gone }: DashboardState, step: Step): number {
  if (gone === undefined) return Math.max(0, order.indexOf(selected ?? ''));
  return step === 'down' || step === 'page-down' ? gone.place - 1 : gone.place;
}

export function moveInDetail(state: DashboardState, step: Step): DashboardState {
  const size = detailSize(state);
  const lines = detailLines(state, plain, size, 0);
  const { line, top } = settled(state, lines.length, size.height);
  const page = Math.max(1, size.height - 1);
  const cursor = panes[state.tab].choosable
    ? { line: moved(line, step, lines.length, page), top }
    : { line, top: moved(top, step, Math.max(1, lines.length - size.height + 1), page) };
  const next = { ...state, cursors: { ...state.cursors, [state.tab]: cursor } };
  const { top: shown } = settled(next, lines.length, size.height);
  return { ...next, cursors: { ...next.cursors, [state.tab]: { ...cursor, top: shown } } };
}

/** Who asks for a tab sees it, also where there is room for the list alone. */
export function withTab(state: DashboardState, tab: Tab): DashboardState {
  const next = { ...state, tab };
  return layoutOf(next).detail === undefined ? { ...next, focus: 'detail' } : next;
}

/** What the chosen line of the pane is about; undefined if it is about nothing. */
export function chosenLine(state: DashboardState): string | undefined {
  const size = detailSize(state);
  const lines = detailLines(state, plain, size, 0);
  return lines[settled(state, lines.length, size.height).line]?.id;
}

function moved(place: number, step: Step, count: number, page: number): number {
  const wanted: Readonly<Record<Step, number>> = {
    up: place - 1,
    down: place + 1,
    first: 0,
    last: count - 1,
    'page-up': place - page,
    'page-down': place + page,
  };
  return Math.max(0, Math.min(count - 1, wanted[step]));
}
