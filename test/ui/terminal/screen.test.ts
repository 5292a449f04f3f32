import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../src/ui/terminal/screen.ts';

interface Made {
  readonly screen: ReturnType<typeof createScreen>;
  /** What was written since it was asked last. */
  readonly taken: () => string;
  full: boolean;
}

function screenOf(): Made {
  let text = '';
  const taken = (): string => {
    const before = text;
    text = '';
    return before;
  };
  const write = (more: string): boolean => {
    text += more;
    return true;
  };
  const made: Made = {
    full: false,
    taken,
    screen: createScreen({ rows: () => 5, write, isFull: () => made.full }),
  };
  return made;
}

const region = (lines: readonly string[]) => new Map([['console', { column: 2, row: 1, width: 4, lines }]]);

describe('the screen', () => {
  it('writes nothing when nothing has changed', () => {
    const { screen, taken } = screenOf();
    screen.frame('one\ntwo');
    screen.flush();
    expect(taken()).toContain('two');
    screen.frame('one\ntwo');
    screen.flush();
    expect(taken()).toBe('');
  });

  it('writes the changed row alone', () => {
    const { screen, taken } = screenOf();
    screen.frame('one\ntwo');
    screen.flush();
    taken();
    screen.frame('one\nTWO');
    screen.flush();
    const text = taken();
    expect(text).toContain('\x1b[2;1H\x1b[0m\x1b[KTWO');
    expect(text).not.toContain('one');
  });

  it('writes only the lines of a region that changed, and never its row', () => {
    const { screen, taken } = screenOf();
    screen.frame('a row\nb row\nc row');
    screen.setRegions(region(['1111', '2222']));
    screen.flush();
    taken();
    screen.setRegions(region(['1111', '3333']));
    screen.flush();
    const text = taken();
    expect(text).toContain('\x1b[3;3H\x1b[0m3333');
    expect(text).not.toMatch(/1111|row/);
  });

  it('paints a region again over a row that was written', () => {
    const { screen, taken } = screenOf();
    screen.frame('a row\nb row');
    screen.setRegions(region(['1111']));
    screen.flush();
    taken();
    screen.frame('a row\nB row');
    screen.flush();
    expect(taken()).toMatch(/B row.*1111/s);
  });

  it('shows what was below when a region goes', () => {
    const { screen, taken } = screenOf();
    screen.frame('a row\nb row');
    screen.setRegions(region(['1111']));
    screen.flush();
    taken();
    screen.setRegions(new Map());
    screen.flush();
    expect(taken()).toContain('b row');
  });

  it('waits for a terminal that takes nothing, and then shows what is true by then', () => {
    const made = screenOf();
    made.full = true;
    made.screen.frame('old');
    made.screen.flush();
    made.screen.frame('new');
    made.screen.flush();
    expect(made.taken()).toBe('');
    made.full = false;
    made.screen.flush();
    const text = made.taken();
    expect(text).toContain('new');
    expect(text).not.toContain('old');
  });

  it('clears once and writes all again when it was told that the terminal is torn', () => {
    const { screen, taken } = screenOf();
    screen.frame('one');
    screen.flush();
    taken();
    screen.clear();
    screen.clear();
    screen.flush();
    expect(taken()).toMatch(/^[^J]*\[2J[^J]*one[^J]*$/);
    screen.flush();
    expect(taken()).toBe('');
  });
});
