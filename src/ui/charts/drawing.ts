/**
 * What the charts' own bundle (dist/charts.cjs) can draw: pictures of cells, which know neither themes nor screens. An ink is a name that
 * whoever asks for a picture finds again in its cells.
 */

export interface Cell {
  /** A letter, a block, or the dots of U+2800 and above. */
  readonly glyph: string;
  readonly ink: string;
  /** Of a dotted line. */
  readonly dotted: boolean;
}

export interface Picture {
  /** In cells. */
  readonly width: number;
  readonly height: number;
  /** Undefined: nothing is there. */
  readonly at: (column: number, row: number) => Cell | undefined;
}

export interface Curve {
  /** Oldest first, as many as plotWidth; null was not measured, and is a gap. */
  readonly values: readonly (number | null)[];
  readonly ink: string;
  readonly dotted?: boolean;
}

export interface LineChart {
  readonly width: number;
  readonly height: number;
  /** The value at the upper edge; more than 0. */
  readonly top: number;
  /** Between two labels of the left axis. */
  readonly step: number;
  /** Behind their numbers. */
  readonly unit: string;
  /** Later ones lie over earlier ones. */
  readonly curves: readonly Curve[];
  /** Below the columns of values, the first one at 0; undefined: no lower axis. */
  readonly times: ReadonlyMap<number, string> | undefined;
  readonly axisInk: string;
}

export interface Share {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
  readonly ink: string;
}

export interface Drawing {
  readonly lineChart: (chart: LineChart) => Picture;
  /** One row each. */
  readonly gauges: (shares: readonly Share[], width: number) => Picture;
  /** Side by side; the rest of each ring in an ink of its own. */
  readonly donuts: (
    shares: readonly Share[],
    size: { readonly width: number; readonly height: number },
    inks: { readonly rest: string; readonly text: string },
  ) => Picture;
  /** One letter for a value; what fills it is `top`. */
  readonly sparkline: (values: readonly number[], top: number) => string;
}

/** Cells of the labels at the left of a line chart. */
export const LABELS = 5;

/** How many values a line chart of that width shows: the axis has a cell too. */
export function plotWidth(width: number): number {
  return Math.max(0, width - LABELS - 1);
}
