/**
 * The terminal as regions that lie beside and over each other: panes, consoles, a dialog. Only what changed of each is written, so that
 * new figures in the list cost nothing of what is beside it, and a flood of output in a console no more than it changes.
 */

/** Where a terminal's bytes go. */
export interface Sink {
  readonly rows: () => number;
  readonly write: (text: string) => boolean;
  /** Whether it takes no more for now. */
  readonly isFull: () => boolean;
}

/** Rows, each exactly `width` cells wide. */
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
  /** A later one lies over those before it. */
  readonly setRegions: (regions: Iterable<Region>) => void;
  readonly setCursor: (place: CursorPlace | undefined) => void;
  /** Writes what changed since; nothing if nothing did, or if the terminal takes nothing now: then call it at its drain. */
  readonly flush: () => void;
  /** What is on the terminal is not ours any more, or torn: the next flush clears it, once, and writes all. */
  readonly clear: () => void;
}

/** What a region has in one row. */
interface Segment {
  readonly column: number;
  readonly width: number;
  readonly text: string;
}

// Synchronized output: who knows it shows all at once, the others ignore it.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';
const CLEAR = '\x1b[0m\x1b[2J';
const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';

export function createScreen(sink: Sink): Screen {
  let wanted: readonly Region[] = [];
  let cursor: CursorPlace | undefined;
  let shown: readonly (readonly Segment[])[] = [];
  let shownCursor: string | undefined;
  let torn = false;

  return {
    setRegions: (next) => {
      wanted = [...next];
    },
    setCursor: (place) => {
      cursor = place;
    },
    flush: () => {
      if (sink.isFull()) return;
      const rows = segmentsByRow(wanted, sink.rows());
      const changes = [
        torn ? CLEAR : '',
        ...rows.map((segments, row) => rowChanges(row, segments, shown[row] ?? [])),
      ].join('');
      torn = false;
      shown = rows;
      const place = cursor === undefined ? HIDE : `\x1b[${cursor.row + 1};${cursor.column + 1}H${SHOW}`;
      if (changes === '' && place === shownCursor) return;
      shownCursor = place;
      sink.write(changes === '' ? place : `${BEGIN}${HIDE}${changes}\x1b[0m${place}${END}`);
    },
    clear: () => {
      torn = true;
      shown = [];
      shownCursor = undefined;
    },
  };
}

function segmentsByRow(regions: readonly Region[], rows: number): readonly (readonly Segment[])[] {
  const found: Segment[][] = Array.from({ length: rows }, () => []);
  for (const { column, row, width, lines } of regions) {
    for (const [index, text] of lines.entries()) found[row + index]?.push({ column, width, text });
  }
  return found;
}

/** Where other regions lie than before, the row is erased first: something may be left that none of them covers. */
function rowChanges(row: number, now: readonly Segment[], before: readonly Segment[]): string {
  const erase = !samePlaces(now, before);
  const written: Segment[] = [];
  let changes = erase ? `\x1b[${row + 1};1H\x1b[0m\x1b[K` : '';
  for (const [index, segment] of now.entries()) {
    const same = !erase && before[index]?.text === segment.text;
    if (same && !written.some((below) => overlap(below, segment))) continue;
    written.push(segment);
    changes += `\x1b[${row + 1};${segment.column + 1}H\x1b[0m${segment.text}`;
  }
  return changes;
}

function samePlaces(a: readonly Segment[], b: readonly Segment[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ column, width }, index) => column === b[index]?.column && width === b[index].width)
  );
}

function overlap(a: Segment, b: Segment): boolean {
  return a.column < b.column + b.width && b.column < a.column + a.width;
}
