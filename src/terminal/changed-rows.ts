/** Draws rows on a terminal and writes only those that changed: over a slow line, and to whoever watches, that is all there is. */

export interface ChangedRows {
  /** What to write to make the screen show these rows; empty if it does already. */
  readonly draw: (rows: readonly string[]) => string;
  /** Whatever is shown is not ours any more: the next drawing writes all. */
  readonly forget: () => void;
}

// Synchronized output: a terminal that knows it shows all changes at once, the others ignore it.
const BEGIN = '\x1b[?2026h';
const END = '\x1b[?2026l';

export function createChangedRows(): ChangedRows {
  let shown: readonly string[] = [];
  return {
    draw: (rows) => {
      const changes = rows.map((row, index) =>
        // Erased before it is written: behind a row of full width the cursor stands on its last character.
        row === shown[index] ? '' : `\x1b[${index + 1};1H\x1b[0m\x1b[K${row}`,
      );
      shown = rows;
      const text = changes.join('');
      return text === '' ? '' : `${BEGIN}${text}\x1b[0m${END}`;
    },
    forget: () => {
      shown = [];
    },
  };
}
