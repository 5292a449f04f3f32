/** A click of the mouse beside consoles: a machine is chosen, or a pane gets the focus. Pure. */
import { inner, isInside, layoutOf } from '../layout.ts';
import { firstShown } from '../panes/machine-list.ts';
import type { DashboardState } from './dashboard-state.ts';

/**
 * @param place in cells, from 0
 * @param now milliseconds of the monotonic clock
 */
export function clicked(
  state: DashboardState,
  place: { readonly column: number; readonly row: number },
  now: number,
): DashboardState {
  const { list, detail } = layoutOf(state);
  if (detail !== undefined && isInside(detail, place)) return { ...state, focus: 'detail' };
  if (list === undefined || !isInside(list, place)) return state;
  const { row, height } = inner(list);
  // Below the names of the columns.
  const line = place.row - row - 1;
  const selected = line < 0 ? undefined : state.order[firstShown(state, height) + line];
  if (selected === undefined) return { ...state, focus: 'list' };
  const cursors = selected === state.selected ? state.cursors : {};
  return { ...state, focus: 'list', selected, gone: undefined, movedAt: now, cursors };
}
