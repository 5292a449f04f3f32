import { describe, expect, it } from 'vitest';
import { createChangedRows } from '../../src/terminal/changed-rows.ts';

describe('changed rows', () => {
  it('are all of them at first, one of them later, and no byte when nothing changed', () => {
    const screen = createChangedRows();
    expect(screen.draw(['one', 'two'])).toContain('\x1b[1;1H\x1b[0m\x1b[Kone\x1b[2;1H\x1b[0m\x1b[Ktwo');
    expect(screen.draw(['one', 'two'])).toBe('');
    const text = screen.draw(['one', 'three']);
    expect(text).toContain('\x1b[2;1H\x1b[0m\x1b[Kthree');
    expect(text).not.toContain('one');
  });

  it('are all again when the screen was forgotten, and never by clearing it whole', () => {
    const screen = createChangedRows();
    screen.draw(['one']);
    screen.forget();
    const text = screen.draw(['one']);
    expect(text).toContain('one');
    expect(text).not.toContain('\x1b[2J');
  });
});
