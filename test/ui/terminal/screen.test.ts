import { describe, expect, it } from 'vitest';
import { createScreen, type Region } from '../../../src/ui/terminal/screen.ts';

interface Made {
  readonly screen: ReturnType<typeof createScreen>;
  /** Sets the regions, flushes, and returns what was written. */
  readonly shows: (...regions: readonly Region[]) => string;
  full: boolean;
}

function screenOf(): Made {
  let text = '';
  const write = (more: string): boolean => {
    text += more;
    return true;
  };
  const made: Made = {
    full: false,
    screen: createScreen({ rows: () => 5, write, isFull: () => made.full }),
    shows: (...regions) => {
      text = '';
      made.screen.setRegions(regions);
      made.screen.flush();
      return text;
    },
  };
  return made;
}

const pane = (...lines: readonly string[]): Region => ({ column: 0, row: 0, width: 8, lines });
const beside = (...lines: readonly string[]): Region => ({ column: 8, row: 0, width: 4, lines });
const over = (...lines: readonly string[]): Region => ({ column: 2, row: 1, width: 4, lines });

describe('the screen', () => {
  it('writes nothing when nothing has changed', () => {
    const { shows } = screenOf();
    expect(shows(pane('one     ', 'two     '))).toContain('two');
    expect(shows(pane('one     ', 'two     '))).toBe('');
  });

  it('writes the changed row alone, and nothing of what lies beside it', () => {
    const { shows } = screenOf();
    shows(pane('one     ', 'two     '), beside('1111', '2222'));
    const text = shows(pane('one     ', 'TWO     '), beside('1111', '2222'));
    expect(text).toContain('\x1b[2;1H\x1b[0mTWO     ');
    expect(text).not.toMatch(/one|1111|2222/);
    expect(shows(pane('one     ', 'TWO     '), beside('1111', '3333'))).toContain('\x1b[2;9H\x1b[0m3333');
  });

  it('writes only the lines of an upper region that changed, and never what it covers', () => {
    const { shows } = screenOf();
    const below = pane('a row   ', 'b row   ', 'c row   ');
    shows(below, over('1111', '2222'));
    const text = shows(below, over('1111', '3333'));
    expect(text).toContain('\x1b[3;3H\x1b[0m3333');
    expect(text).not.toMatch(/1111|row/);
  });

  it('paints a region again over what changed below it', () => {
    const { shows } = screenOf();
    shows(pane('a row   ', 'b row   '), over('1111'));
    expect(shows(pane('a row   ', 'B row   '), over('1111'))).toMatch(/B row.*1111/s);
  });

  it('shows what was below when a region goes', () => {
    const { shows } = screenOf();
    shows(pane('a row   ', 'b row   '), over('1111'));
    const text = shows(pane('a row   ', 'b row   '));
    expect(text).toContain('\x1b[2;1H\x1b[0m\x1b[K');
    expect(text).toContain('b row');
    expect(text).not.toContain('a row');
  });

  it('leaves nothing where no region is any more', () => {
    const { shows } = screenOf();
    shows(pane('a row   ', 'b row   '));
    const text = shows(pane('a row   '));
    expect(text).toContain('\x1b[2;1H\x1b[0m\x1b[K');
    expect(text).not.toContain('row ');
  });

  it('writes no row that the terminal has not', () => {
    const { shows } = screenOf();
    const text = shows(pane('1', '2', '3', '4', 'last', 'beyond'));
    expect(text).toContain('last');
    expect(text).not.toContain('beyond');
  });

  it('waits for a terminal that takes nothing, and then shows what is true by then', () => {
    const made = screenOf();
    made.full = true;
    expect(made.shows(pane('old     '))).toBe('');
    expect(made.shows(pane('new     '))).toBe('');
    made.full = false;
    const text = made.shows(pane('new     '));
    expect(text).toContain('new');
    expect(text).not.toContain('old');
  });

  it('clears once and writes all again when it was told that the terminal is torn', () => {
    const { screen, shows } = screenOf();
    shows(pane('one     '));
    screen.clear();
    screen.clear();
    expect(shows(pane('one     '))).toMatch(/^[^J]*\[2J[^J]*one[^J]*$/);
    expect(shows(pane('one     '))).toBe('');
  });

  it('shows the cursor where it belongs, and writes no more for it than its move', () => {
    const { screen, shows } = screenOf();
    shows(pane('one     '));
    screen.setCursor({ column: 3, row: 2 });
    expect(shows(pane('one     '))).toBe('\x1b[3;4H\x1b[?25h');
    screen.setCursor(undefined);
    expect(shows(pane('one     '))).toBe('\x1b[?25l');
  });
});
