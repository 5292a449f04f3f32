/** A terminal without a screen: what a machine writes becomes cells, and cells become rows. */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm, { type IBufferCell, type Terminal } from '@xterm/headless';
import type { CursorPlace } from '../terminal/screen.ts';

export interface EmulatorSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Emulator {
  /** Calls back when the bytes have been taken in. */
  readonly write: (bytes: Uint8Array, done?: () => void) => void;
  readonly resize: (size: EmulatorSize) => void;
  /** Rows with colours, each exactly as wide as the terminal. */
  readonly lines: () => readonly string[];
  readonly cursor: () => CursorPlace | undefined;
  /** What programs in it asked for. */
  readonly modes: () => Terminal['modes'];
  /** What the terminal answers to queries. */
  readonly onAnswer: (listener: (text: string) => void) => void;
  readonly close: () => void;
}

/** Lines kept above the screen. */
const SCROLLBACK = 2000;

export function createEmulator(size: EmulatorSize): Emulator {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    scrollback: SCROLLBACK,
    allowProposedApi: true,
  });
  terminal.loadAddon(new Unicode11Addon() as never);
  terminal.unicode.activeVersion = '11';
  let cursorHidden = false;
  // xterm's headless terminal does not tell whether the cursor is shown (DECTCEM).
  const watchCursor = (hidden: boolean) => (parameters: readonly (number | number[])[]) => {
    if (parameters.includes(25)) cursorHidden = hidden;
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, watchCursor(true));
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, watchCursor(false));
  return {
    write: (bytes, done) => terminal.write(bytes, done),
    resize: ({ columns, rows }) => {
      if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
    },
    lines: () => screenLines(terminal),
    cursor: () => {
      const { cursorX, cursorY } = terminal.buffer.active;
      return cursorHidden ? undefined : { column: Math.min(cursorX, terminal.cols - 1), row: cursorY };
    },
    modes: () => terminal.modes,
    onAnswer: (listener) => {
      terminal.onData(listener);
    },
    close: () => terminal.dispose(),
  };
}

function screenLines(terminal: Terminal): readonly string[] {
  const buffer = terminal.buffer.active;
  const cell = buffer.getNullCell();
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.viewportY + row);
    let text = '';
    let style = '';
    for (let column = 0; column < terminal.cols; column += 1) {
      const here = line?.getCell(column, cell);
      if (here === undefined) {
        text += ' ';
        continue;
      }
      // The second half of a wide character.
      if (here.getWidth() === 0) continue;
      const wanted = styleOf(here);
      if (wanted !== style) {
        text += `\x1b[0${wanted}m`;
        style = wanted;
      }
      text += charactersOf(here);
    }
    return style === '' ? text : `${text}\x1b[0m`;
  });
}

/** Outer terminals disagree on how wide these are; one that draws them narrower would shift the row. */
const disputed = /\p{Extended_Pictographic}|[\u200d\ufe0f]/u;

function charactersOf(cell: IBufferCell): string {
  const characters = cell.getChars();
  if (characters === '') return ' ';
  if (characters.length === 1 && characters < '\u2000') return characters;
  return disputed.test(characters) ? '?'.padEnd(cell.getWidth()) : characters;
}

/** Parameters of SGR, each with a semicolon before it. */
function styleOf(cell: IBufferCell): string {
  const flags =
    (cell.isBold() ? ';1' : '') +
    (cell.isDim() ? ';2' : '') +
    (cell.isItalic() ? ';3' : '') +
    (cell.isUnderline() ? ';4' : '') +
    (cell.isInverse() ? ';7' : '') +
    (cell.isInvisible() ? ';8' : '') +
    (cell.isStrikethrough() ? ';9' : '');
  return flags + foreground(cell) + background(cell);
}

function foreground(cell: IBufferCell): string {
  if (cell.isFgDefault()) return '';
  return cell.isFgRGB() ? direct(38, cell.getFgColor()) : indexed(30, cell.getFgColor());
}

function background(cell: IBufferCell): string {
  if (cell.isBgDefault()) return '';
  return cell.isBgRGB() ? direct(48, cell.getBgColor()) : indexed(40, cell.getBgColor());
}

function direct(base: number, colour: number): string {
  return `;${base};2;${(colour >> 16) & 255};${(colour >> 8) & 255};${colour & 255}`;
}

function indexed(base: number, colour: number): string {
  if (colour < 8) return `;${base + colour}`;
  if (colour < 16) return `;${base + 60 + colour - 8}`;
  return `;${base + 8};5;${colour}`;
}
