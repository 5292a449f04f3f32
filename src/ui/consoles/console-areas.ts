/** Where each console that is seen lies: in the pane of details, or side by side in it. Pure. */
import { type Area, inner, layoutOf } from '../layout.ts';
import type { ConsoleId } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { isGrid, seenConsoles } from '../state/show-consoles.ts';

export interface ConsoleArea {
  readonly id: ConsoleId;
  /** With its border. */
  readonly outer: Area;
  readonly inside: Area;
}

/** Narrower ones lie above each other if there is a choice. */
const NARROW = 38;

export function consoleAreas(state: DashboardState): readonly ConsoleArea[] {
  const { detail } = layoutOf(state);
  if (detail === undefined) return [];
  const ids = seenConsoles(state);
  const areas = isGrid(state) ? tiles(detail, ids.length) : [detail];
  return ids.flatMap((id, index) => {
    const outer = areas[index];
    return outer === undefined ? [] : [{ id, outer, inside: inner(outer) }];
  });
}

/** A filter is typed in the last row; other dialogs lie where consoles would. */
export function areCovered({ dialogs }: Pick<DashboardState, 'dialogs'>): boolean {
  return dialogs.some(({ kind }) => kind !== 'filter');
}

/** Rows of as many as there is room for; what is left over in a division goes to the last ones. */
export function tiles(whole: Area, count: number): readonly Area[] {
  const widest = Math.max(1, Math.floor(whole.width / NARROW));
  const columns = Math.max(1, Math.min(Math.ceil(Math.sqrt(count)), widest));
  const rows = Math.ceil(count / columns);
  return Array.from({ length: rows }, (_, row) => {
    const inRow = Math.min(columns, count - row * columns);
    const [top, bottom] = [share(whole.height, row, rows), share(whole.height, row + 1, rows)];
    return Array.from({ length: inRow }, (_, column) => {
      const [left, right] = [share(whole.width, column, inRow), share(whole.width, column + 1, inRow)];
      return {
        column: whole.column + left,
        row: whole.row + top,
        width: right - left,
        height: bottom - top,
      };
    });
  }).flat();
}

function share(length: number, part: number, of: number): number {
  return Math.floor((length * part) / of);
}
