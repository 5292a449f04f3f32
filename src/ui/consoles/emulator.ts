/** A terminal without a screen: what a machine writes becomes cells, and cells become rows. */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm, { type IMarker, type Terminal } from '@xterm/headless';
import type { CursorPlace } from '../terminal/screen.ts';
import { cellRows, type Found } from './cell-rows.ts';
import type { MouseWish } from './mouse-report.ts';

export interface EmulatorSize {
  readonly columns: number;
  readonly rows: number;
}

/** What programs in it asked for. */
export interface Wishes {
  readonly applicationCursorKeys: boolean;
  readonly bracketedPaste: boolean;
  readonly focusReports: boolean;
  readonly mouse: MouseWish;
  /** Full-screen programs have no lines above. */
  readonly alternateScreen: boolean;
}

export interface Emulator {
  /** Calls back when the bytes have been taken in. */
  readonly write: (bytes: Uint8Array, done?: () => void) => void;
  readonly resize: (size: EmulatorSize) => void;
  /** Rows with colours, each exactly as wide as the terminal. @param at where they begin on the outer terminal, from 0 */
  readonly lines: (at: number, found?: Found) => readonly string[];
  /** As much as there is room for, with the cursor in sight, which is shown reversed. @param at as of lines */
  readonly shownIn: (at: number, room: EmulatorSize) => readonly string[];
  /** What draws its screen anew on an empty terminal of its size. */
  readonly picture: () => string;
  /** Undefined: hidden, or scrolled away. */
  readonly cursor: () => CursorPlace | undefined;
  readonly wishes: () => Wishes;
  /** What the terminal answers to queries. */
  readonly onAnswer: (listener: (text: string) => void) => void;
  /** The first line that is shown, of how many; from 0. */
  readonly place: () => { readonly top: number; readonly count: number; readonly rows: number };
  /** Undefined: what comes last is shown, whatever comes. Else these lines stay in sight. */
  readonly scrollTo: (top: number | undefined) => void;
  /** The next line behind `from` (before it, backwards) that has the text, in any case of letters; goes round. */
  readonly find: (text: string, from: number, step: 1 | -1) => Found | undefined;
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
    // It tells of sequences that it cannot read on stderr, in the middle of the dashboard; systemd 252 cuts them off when it shortens a line.
    logLevel: 'off',
  });
  terminal.loadAddon(new Unicode11Addon() as never);
  terminal.unicode.activeVersion = '11';
  const modes = watchModes(terminal);
  const scrolling = createScrolling(terminal);
  return {
    write: (bytes, done) => terminal.write(bytes, done),
    resize: ({ columns, rows }) => {
      if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
    },
    lines: (at, found) =>
      cellRows(terminal.buffer.active, {
        top: scrolling.top(),
        rows: terminal.rows,
        columns: terminal.cols,
        at,
        found,
      }),
    shownIn: (at, room) => shownIn(terminal, at, room, modes.cursorHidden()),
    picture: () => picture(terminal, modes.cursorHidden()),
    cursor: () => {
      const { cursorX, cursorY, baseY } = terminal.buffer.active;
      if (modes.cursorHidden() || scrolling.top() !== baseY) return undefined;
      return { column: Math.min(cursorX, terminal.cols - 1), row: cursorY };
    },
    wishes: () => ({
      applicationCursorKeys: terminal.modes.applicationCursorKeysMode,
      bracketedPaste: terminal.modes.bracketedPasteMode,
      focusReports: terminal.modes.sendFocusMode,
      mouse: { tracking: terminal.modes.mouseTrackingMode, sgr: modes.sgrMouse() },
      alternateScreen: terminal.buffer.active.type === 'alternate',
    }),
    onAnswer: (listener) => {
      terminal.onData(listener);
    },
    place: () => ({ top: scrolling.top(), count: terminal.buffer.active.length, rows: terminal.rows }),
    scrollTo: scrolling.to,
    find: (text, from, step) => find(terminal, text, from, step),
    close: () => terminal.dispose(),
  };
}

/** What xterm's headless terminal does not tell: whether the cursor is shown (DECTCEM), and how the mouse is reported. */
function watchModes(terminal: Terminal): {
  readonly cursorHidden: () => boolean;
  readonly sgrMouse: () => boolean;
} {
  let cursorHidden = false;
  let sgrMouse = false;
  const watch = (set: boolean) => (parameters: readonly (number | number[])[]) => {
    if (parameters.includes(25)) cursorHidden = !set;
    if (parameters.includes(1006)) sgrMouse = set;
    return false;
  };
  const reset = (): boolean => {
    cursorHidden = false;
    sgrMouse = false;
    return false;
  };
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, watch(false));
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, watch(true));
  terminal.parser.registerEscHandler({ final: 'c' }, reset);
  return { cursorHidden: () => cursorHidden, sgrMouse: () => sgrMouse };
}

function shownIn(
  terminal: Terminal,
  at: number,
  { columns, rows }: EmulatorSize,
  cursorHidden: boolean,
): readonly string[] {
  const buffer = terminal.buffer.active;
  const { cursorX, cursorY, baseY } = buffer;
  const above = Math.max(0, Math.min(terminal.rows - rows, cursorY - rows + 1));
  const cursor = { line: baseY + cursorY, column: Math.min(cursorX, terminal.cols - 1), width: 1 };
  const found = cursorHidden ? undefined : cursor;
  return cellRows(buffer, { top: baseY + above, rows, columns, at, found });
}

function picture(terminal: Terminal, cursorHidden: boolean): string {
  const buffer = terminal.buffer.active;
  const { cols: columns, rows } = terminal;
  const lines = cellRows(buffer, { top: buffer.baseY, rows, columns, at: 0, found: undefined });
  return [
    buffer.type === 'alternate' ? '\x1b[?1049h' : '',
    // Blanks at their ends would be lines of their own when it gets narrower.
    `\x1b[H${lines.map((line) => line.trimEnd()).join('\r\n')}`,
    `\x1b[${buffer.cursorY + 1};${buffer.cursorX + 1}H`,
    cursorHidden ? '\x1b[?25l' : '',
  ].join('');
}

/** A marker stays with its line while lines before it are given up. */
function createScrolling(terminal: Terminal): {
  readonly top: () => number;
  readonly to: (top: number | undefined) => void;
} {
  let marker: IMarker | undefined;
  const buffer = () => terminal.buffer.active;
  return {
    top: () => {
      if (marker === undefined || buffer().type === 'alternate') return buffer().baseY;
      return marker.isDisposed ? 0 : Math.min(marker.line, buffer().baseY);
    },
    to: (top) => {
      marker?.dispose();
      const { baseY, cursorY } = buffer();
      const line = Math.max(0, Math.min(baseY, top ?? baseY));
      marker = line === baseY ? undefined : terminal.registerMarker(line - baseY - cursorY);
    },
  };
}

function find(terminal: Terminal, text: string, from: number, step: 1 | -1): Found | undefined {
  const buffer = terminal.buffer.active;
  const wanted = text.toLowerCase();
  if (wanted === '') return undefined;
  for (let tried = 1; tried <= buffer.length; tried += 1) {
    const line = (from + step * tried + buffer.length * 2) % buffer.length;
    const column = buffer.getLine(line)?.translateToString(true).toLowerCase().indexOf(wanted) ?? -1;
    if (column !== -1) return { line, column, width: text.length };
  }
  return undefined;
}
