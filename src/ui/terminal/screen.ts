/**
 * What Ink believes to be its terminal. Ink alone clears the screen for every frame of full height; here its frames become rows, and
 * only rows that changed are written. Panes whose cells do not come from Ink (consoles) lie over it as regions, so that a flood of
 * output costs what it changes and no frame of Ink's.
 */

/** Where a terminal's bytes go. */
export interface Sink {
  readonly rows: () => number;
  readonly write: (text: string) => boolean;
  /** Whether it takes no more for now. */
  readonly isFull: () => boolean;
}

/** Rows of a pane, each exactly `width` cells wide, that lie over what Ink drew. */
export interface Region {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly lines: readonly string[];
}

/** From 0; undefined hides it. */
export interface CursorPlace {
  readonly column: number;
  readonly row: number;
}

export interface Screen {
  /** A whole frame, as Ink writes it. */
  readonly frame: (text: string) => void;
  readonly setRegions: (regions: ReadonlyMap<string, Region>) => void;
  readonly setCursor: (place: CursorPlace | undefined) => void;
  /** Writes what changed since; nothing if nothing did, or if the terminal takes nothing now: then call it at its drain. */
  readonly flush: () => void;
  /** What is on the terminal is not ours any more, or torn: the next flush clears it, once, and writes all. */
  readonly clear: () => void;
  /** Bytes written so far. */
  readonly written: () => number;
}

// Synchronized output: who knows it shows all at once, the others ignore it.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';
const CLEAR = '\x1b[0m\x1b[2J';
const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';

export function createScreen(sink: Sink): Screen {
  let wanted: readonly string[] = [];
  let regions: ReadonlyMap<string, Region> = new Map();
  let cursor: CursorPlace | undefined;
  let shownRows: (string | undefined)[] = [];
  let shownRegions = new Map<string, string>();
  let shownCursor: string | undefined;
  let torn = false;
  let written = 0;

  const regionChanges = (repainted: ReadonlySet<number>): readonly string[] => {
    const now = new Map<string, string>();
    const changes: string[] = [];
    for (const [id, { column, row, width, lines }] of regions) {
      for (const [index, line] of lines.entries()) {
        const place = row + index;
        if (place >= sink.rows()) break;
        const key = `${id} ${place} ${column} ${width}`;
        now.set(key, line);
        if (shownRegions.get(key) !== line || repainted.has(place)) changes.push(at(column, place, line));
      }
    }
    shownRegions = now;
    return changes;
  };

  const rowChanges = (repainted: Set<number>): readonly string[] => {
    const changes: string[] = [];
    for (let row = 0; row < sink.rows(); row += 1) {
      const text = wanted[row] ?? '';
      if (text === shownRows[row]) continue;
      shownRows[row] = text;
      repainted.add(row);
      // Erased before it is written: behind a row of full width the cursor stands on its last character.
      changes.push(`\x1b[${row + 1};1H\x1b[0m\x1b[K${text}`);
    }
    return changes;
  };

  return {
    frame: (text) => {
      wanted = text.split('\n');
    },
    setRegions: (next) => {
      // What a region no longer covers shows Ink's row again.
      for (const [id, region] of regions) {
        if (!sameArea(region, next.get(id))) forgetRows(shownRows, region);
      }
      regions = next;
    },
    setCursor: (place) => {
      cursor = place;
    },
    flush: () => {
      if (sink.isFull()) return;
      const repainted = new Set<number>();
      const clear = torn ? [CLEAR] : [];
      torn = false;
      const changes = [...clear, ...rowChanges(repainted), ...regionChanges(repainted)].join('');
      const place = cursor === undefined ? HIDE : `\x1b[${cursor.row + 1};${cursor.column + 1}H${SHOW}`;
      if (changes === '' && place === shownCursor) return;
      shownCursor = place;
      const text = changes === '' ? place : `${BEGIN}${HIDE}${changes}\x1b[0m${place}${END}`;
      written += Buffer.byteLength(text);
      sink.write(text);
    },
    clear: () => {
      torn = true;
      shownRows = [];
      shownRegions = new Map();
      shownCursor = undefined;
    },
    written: () => written,
  };
}

function at(column: number, row: number, text: string): string {
  return `\x1b[${row + 1};${column + 1}H\x1b[0m${text}`;
}

function sameArea(a: Region, b: Region | undefined): boolean {
  return (
    b !== undefined &&
    a.column === b.column &&
    a.row === b.row &&
    a.width === b.width &&
    a.lines.length === b.lines.length
  );
}

function forgetRows(shown: (string | undefined)[], { row, lines }: Region): void {
  for (let index = 0; index < lines.length; index += 1) shown[row + index] = undefined;
}
