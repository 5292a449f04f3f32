/** What holds of every frame, whatever it shows. */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { expect } from 'vitest';
import type { Region } from '../../../src/ui/terminal/screen.ts';
import type { Desk, Mode } from './desk.ts';
import { plainRows } from './shown-frame.ts';

export async function checkFrame(desk: Desk, { theme, unicode }: Mode): Promise<void> {
  const { size, dialogs, view } = desk.store.state();
  const rows = plainRows(desk.terminal);
  expect(rows).toHaveLength(size.rows);
  expect(rows[0]).toMatch(/^ thishost: tsmachine/);
  const regions = desk.regions();
  for (const { column, row, width, lines } of regions) {
    expect(column + width).toBeLessThanOrEqual(size.columns);
    expect(row + lines.length).toBeLessThanOrEqual(size.rows);
  }
  await expectWholeRows(regions);
  if (!unicode) for (const { lines } of desk.regionsOfPanes()) expect(lines.join('')).toMatch(ascii);
  if (theme === 'none') expectNoColour(desk.regionsOfPanes());
  const heads = regions.map(({ lines }) => lines[0] ?? '').map(withoutColours);
  const heavy = heads.filter((line) => (unicode ? /^┏/ : /^# .* ?#?={0,}#$|^#=+#$/).test(line));
  // What is typed goes to the last row, to all of a grid, or to one pane.
  const typedTo = dialogs.at(-1)?.kind === 'filter' ? 0 : view.broadcast ? view.grid.length : 1;
  expect(heavy, 'panes with the focus').toHaveLength(typedTo);
}

/** Each is exactly as wide as its region, for a terminal. */
async function expectWholeRows(regions: readonly Region[]): Promise<void> {
  const lines = regions.flatMap(({ width, lines: of, column }) =>
    of.map((line) => ({ line, width, column })),
  );
  const terminal = new xterm.Terminal({ cols: 420, rows: lines.length + 1, allowProposedApi: true });
  terminal.loadAddon(new Unicode11Addon() as never);
  terminal.unicode.activeVersion = '11';
  // Where a region would begin, because wide characters name the column behind them.
  const text = lines.map(({ line, column }, row) => `\x1b[${row + 1};${column + 1}H${line}\x1b[0m†`).join('');
  await new Promise<void>((resolve) => {
    terminal.write(text, resolve);
  });
  for (const [row, { line, width, column }] of lines.entries()) {
    const end = terminal.buffer.active
      .getLine(row)
      ?.getCell(column + width)
      ?.getChars();
    expect(end, `the end of ${JSON.stringify(line)}`).toBe('†');
  }
  terminal.dispose();
}

/** What programs in consoles paint is theirs. */
function expectNoColour(regions: readonly Region[]): void {
  for (const line of regions.flatMap(({ lines }) => lines)) {
    for (const [, parameters = ''] of line.matchAll(sgr)) expect(parameters).toMatch(/^0?$/);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
const ascii = /^[\x00-\x7f]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sgr = /\x1b\[([\d;]*)m/g;

function withoutColours(line: string): string {
  return line.replace(sgr, '');
}
