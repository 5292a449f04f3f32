/** Where the panes lie on a screen of any size. Pure. */
import type { DashboardState, Size } from './state/dashboard-state.ts';

/** In cells, from 0. */
export interface Area {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  /** Undefined: there is no room for it beside what has the focus. */
  readonly list: Area | undefined;
  readonly detail: Area | undefined;
}

/** Title above, keys and notices below. */
const TITLE_ROWS = 1;
const BOTTOM_ROWS = 1;
/** From here on list and detail lie beside each other. */
const WIDE = 100;
/** From here on the list has room for all of its usual columns. */
const ROOMY = 160;
/** From here on they lie upon each other. */
const HIGH = 20;

export const smallest: Size = { columns: 20, rows: 6 };

export function layoutOf({ size, zoomed, focus }: Pick<DashboardState, 'size' | 'zoomed' | 'focus'>): Layout {
  const whole: Area = {
    column: 0,
    row: TITLE_ROWS,
    width: size.columns,
    height: Math.max(0, size.rows - TITLE_ROWS - BOTTOM_ROWS),
  };
  const beside = size.columns >= WIDE;
  if (zoomed || (!beside && size.rows < HIGH)) {
    return focus === 'list' ? { list: whole, detail: undefined } : { list: undefined, detail: whole };
  }
  return beside ? columns(whole) : stack(whole);
}

function columns(whole: Area): Layout {
  const share = whole.width >= ROOMY ? 0.45 : 0.42;
  const width = Math.max(48, Math.min(96, Math.floor(whole.width * share)));
  return {
    list: { ...whole, width },
    detail: { ...whole, column: width, width: whole.width - width },
  };
}

function stack(whole: Area): Layout {
  const height = Math.max(6, Math.floor(whole.height * 0.4));
  return {
    list: { ...whole, height },
    detail: { ...whole, row: whole.row + height, height: whole.height - height },
  };
}

/** Inside a border. */
export function inner({ column, row, width, height }: Area): Area {
  return { column: column + 1, row: row + 1, width: Math.max(0, width - 2), height: Math.max(0, height - 2) };
}

export function isInside({ column, row, width, height }: Area, at: { column: number; row: number }): boolean {
  return at.column >= column && at.column < column + width && at.row >= row && at.row < row + height;
}
