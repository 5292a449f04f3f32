/** What is painted of a console, on a terminal of its own, has the same cells as the console's. */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm, { type IBufferCell, type Terminal } from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../../src/ui/consoles/emulator.ts';
import { createScreen } from '../../../src/ui/terminal/screen.ts';

const columns = 60;
const rows = 12;
/** Where the pane lies on the outer terminal. */
const at = { column: 7, row: 3 };

function terminalOf(width: number, height: number, unicode11: boolean): Terminal {
  const terminal = new xterm.Terminal({ cols: width, rows: height, allowProposedApi: true });
  if (unicode11) {
    terminal.loadAddon(new Unicode11Addon() as never);
    terminal.unicode.activeVersion = '11';
  }
  return terminal;
}

const written = (terminal: Terminal, text: string) =>
  new Promise<void>((resolve) => terminal.write(text, resolve));

interface Painted {
  readonly inner: Terminal;
  readonly outer: Terminal;
}

/** @param unicode11 whether the outer terminal has the same widths of characters */
async function paint(pieces: readonly string[], unicode11 = true): Promise<Painted> {
  const emulator = createEmulator({ columns, rows });
  const inner = terminalOf(columns, rows, true);
  const outer = terminalOf(columns + 20, rows + 6, unicode11);
  let text = '\x1b[?7l';
  const screen = createScreen({
    rows: () => rows + 6,
    isFull: () => false,
    write: (more) => {
      text += more;
      return true;
    },
  });
  const around = {
    column: 0,
    row: 0,
    width: columns + 20,
    lines: Array.from({ length: rows + 6 }, () => '#'.repeat(columns + 20)),
  };
  for (const piece of pieces) {
    await new Promise<void>((resolve) => emulator.write(Buffer.from(piece), resolve));
    screen.setRegions([around, { ...at, width: columns, lines: emulator.lines(at.column) }]);
    screen.flush();
    await written(outer, text);
    text = '';
    await written(inner, piece);
  }
  return { inner, outer };
}

function looks(cell: IBufferCell | undefined): string {
  if (cell === undefined) return 'none';
  const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
  const [fg, bg] = [cell.getFgColorMode(), cell.getBgColorMode()];
  // The sixteen colours are the first ones of the 256.
  const colour = (mode: number, value: number) =>
    `${mode === 0 ? 'default' : mode === 50331648 ? 'rgb' : 'table'} ${value}`;
  return [
    cell.getChars() || ' ',
    cell.getWidth(),
    flags.map((flag) => (flag ? 1 : 0)).join(''),
    colour(fg, cell.getFgColor()),
    colour(bg, cell.getBgColor()),
  ].join('|');
}

function cellsOf(terminal: Terminal, column: number, row: number): readonly string[] {
  const { active } = terminal.buffer;
  return Array.from({ length: rows }, (_, y) =>
    Array.from({ length: columns }, (_, x) =>
      looks(active.getLine(active.baseY + row + y)?.getCell(column + x)),
    ).join('\n'),
  );
}

/** Beside the pane nothing has moved. */
function edges(outer: Terminal): string {
  return Array.from({ length: rows }, (_, y) => {
    const line = outer.buffer.active.getLine(at.row + y);
    return `${line?.getCell(at.column - 1)?.getChars()}${line?.getCell(at.column + columns)?.getChars()}`;
  }).join('');
}

const streams: Readonly<Record<string, readonly string[]>> = {
  'wide characters up to the edge': [`${'日'.repeat(29)}x日本\r\n한국어 ａｂｃ|`],
  'wide characters that are overwritten by halves': [
    '日本語日本語\r\n',
    '\x1b[1;2Hx\x1b[1;5Hy\x1b[1;9H語',
    '\x1b[2;1H日本\x1b[2;2H語',
  ],
  'combining characters': ['e\u0301a\u0308o\u0302 n\u0303|\r\n日\u0301x'],
  'boxes and blocks': ['┌──┬──┐\r\n│█░│▓▒│\r\n╔══╦══╗\r\n▁▂▃▄▅▆▇█ ⣿⡇ ➜ ✓'],
  'sixteen, 256 and direct colours': [
    Array.from({ length: 16 }, (_, n) => `\x1b[38;5;${n}ma\x1b[48;5;${n}mb\x1b[0m`).join(''),
    '\r\n\x1b[31;44mx\x1b[91;104my\x1b[38;5;208;48;5;17mz\x1b[38;2;1;2;3;48;2;200;100;50mw\x1b[0m.',
  ],
  'bold, dim, italic, underlined, reversed': [
    '\x1b[1mb\x1b[2md\x1b[0;3mi\x1b[4mu\x1b[7mr\x1b[27mn\x1b[0m \x1b[7m   \x1b[0m',
  ],
  'the alternate screen, entered and left': [
    'shell$ vim\r\n',
    '\x1b[?1049h\x1b[2J\x1b[H~\r\n~\r\n\x1b[7m -- INSERT -- ',
    '\x1b[0m\x1b[?1049l',
  ],
  'erasing with a background, as htop does': [
    '\x1b[44m\x1b[2J\x1b[3;5H\x1b[46m\x1b[K mem\x1b[0m\x1b[5;1H\x1b[42m\x1b[1K',
  ],
  'scrolling in a region with lines put in, as vim does': [
    Array.from({ length: 11 }, (_, n) => `line ${n}`).join('\r\n'),
    '\x1b[3;8r\x1b[8;1H\n\n\x1b[3;1H\x1b[2L日本\x1b[r\x1b[10;1H\x1b[3@\x1b[2P',
  ],
  'line drawing of a vt100, as tmux does': ['\x1b(0lqqk\r\nx  x\r\nmqqj\x1b(B plain'],
  // In the form of systemd's, whose job that is waited for moves in place.
  'a boot with its states in colour': [
    '\r\nWelcome to \x1b[1mDebian GNU/Linux 12 (bookworm)\x1b[0m!\r\n\r\n',
    '[\x1b[0;32m  OK  \x1b[0m] Reached target \x1b[0;1;39mswap.target\x1b[0m - Swaps.\r\n',
    '         Starting \x1b[0;1;39msystemd-journald.service\x1b[0m - Journal Service...\r\n',
    '\x1b[K[     \x1b[0;31m*\x1b[0m] A start job is running for dev-sda.device (1s / 1min 30s)\r',
    '\x1b[K[    \x1b[0;1;31m*\x1b[0m\x1b[0;31m*\x1b[0m] A start job is running for dev-sda.device (2s / 1min 30s)\r\x1b[K',
    "[\x1b[0;1;31mFAILED\x1b[0m] Failed to start \x1b[0;1;39mx.service\x1b[0m.\r\nSee 'systemctl status x.service' for details.\r\n",
    '[\x1b[0;1;33mDEPEND\x1b[0m] Dependency failed for y.\r\n\x1b[?25l\x1b[18t\x1b[?25h',
  ],
  'a line of 100,000 characters': ['x'.repeat(100_000)],
};

describe('what is painted of a console', () => {
  it.each(Object.entries(streams))('is cell by cell what the program wrote: %s', async (_, pieces) => {
    const { inner, outer } = await paint(pieces);
    expect(cellsOf(outer, at.column, at.row)).toEqual(cellsOf(inner, 0, 0));
    expect(edges(outer)).toBe('##'.repeat(rows));
  });

  it('shows what terminals disagree on as a question mark of the same width', async () => {
    const { outer } = await paint(['a🙂b|\r\nc👨\u200d👩\u200d👧d|\r\n❤\ufe0fe|']);
    const lines = [0, 1].map((row) =>
      outer.buffer.active.getLine(at.row + row)?.translateToString(false, at.column, at.column + 12),
    );
    expect(lines[0]).toBe('a? b|       ');
    expect(lines[1]).toMatch(/^c[? ]+d\|/);
    expect(edges(outer)).toBe('##'.repeat(rows));
  });

  it('shifts no row on a terminal that has other widths', async () => {
    // Unicode 6 has these narrow, 11 wide.
    const text = '\u{1f9c0}\u{1f980}\u{1b170}x日y';
    const { inner, outer } = await paint([`${text}|\r\n${text.repeat(3)}|`], false);
    const bars = (terminal: Terminal, column: number, row: number) =>
      [0, 1].map((y) => place(terminal, column, row + y));
    expect(bars(outer, at.column, at.row)).toEqual(bars(inner, 0, 0));
    expect(edges(outer)).toBe('##'.repeat(rows));
  });
});

/** Which cell of the pane has the bar. */
function place(terminal: Terminal, column: number, row: number): number {
  const line = terminal.buffer.active.getLine(row);
  return Array.from({ length: columns }, (_, x) => line?.getCell(column + x)?.getChars()).indexOf('|');
}
