/** Which charts have lines, which have one row, and how high each is. Pure. */

export interface Room {
  readonly width: number;
  readonly height: number;
}

export interface Arrangement {
  /** Beside each other. */
  readonly columns: number;
  /** Cells of each. */
  readonly width: number;
  /** How many charts have lines. */
  readonly drawn: number;
  /** Of each band of charts, its rows. */
  readonly bands: readonly number[];
  /** Rows of those that have one row each. */
  readonly sparkRows: number;
}

/** Words and four rows. */
const LEAST = 5;
const MOST = 18;
/** An axis, and the times below it. */
const AXIS_ROWS = 2;
/** From here on two columns, from here on three. */
const COLUMN = 50;
export const GAP = 2;

/**
 * @param drawable how many charts have anything to draw
 * @param told how many charts there are
 */
export function arrange({ width, height }: Room, drawable: number, told: number): Arrangement {
  const columns = Math.max(1, Math.min(3, drawable, Math.floor((width + GAP) / (COLUMN + GAP))));
  const each = Math.floor((width - (columns - 1) * GAP) / columns);
  for (let drawn = drawable; drawn > 0; drawn -= 1) {
    const bands = Math.ceil(drawn / columns);
    const sparkRows = Math.ceil((told - drawn) / columns);
    if (bands * LEAST + AXIS_ROWS + sparkRows <= height) {
      return { columns, width: each, drawn, bands: shared(height - sparkRows, bands), sparkRows };
    }
  }
  // One chart in any case, and as many of the others as fit below.
  const sparkRows = Math.max(0, Math.min(told - 1, height - LEAST - AXIS_ROWS));
  return { columns: 1, width, drawn: Math.min(1, drawable), bands: [height - sparkRows], sparkRows };
}

/** The last one has an axis besides. */
function shared(height: number, bands: number): readonly number[] {
  const each = Math.min(MOST, Math.floor((height - AXIS_ROWS) / bands));
  const rest = Math.max(0, height - AXIS_ROWS - each * bands);
  return Array.from({ length: bands }, (_, band) => {
    const rows = each + (band < rest && each < MOST ? 1 : 0);
    return band === bands - 1 ? rows + AXIS_ROWS : rows;
  });
}
