import { describe, expect, it } from 'vitest';
import { createTerminalModes } from '../../src/terminal/terminal-modes.ts';

const plain = '\x1b[0m\x1b(B\x0f';

function undo(...pieces: readonly string[]): string {
  const modes = createTerminalModes();
  for (const piece of pieces) modes.watch(Buffer.from(piece));
  return modes.undo();
}

describe('what programs switched on is switched off again', () => {
  it.each([
    ['nothing', 'hello \x1b[31mred\x1b[K', plain],
    [
      'a full-screen editor',
      '\x1b[?1049h\x1b[?1h\x1b=\x1b[?25l',
      `\x1b>\x1b[?1l\x1b[?1049l\x1b[?25h${plain}`,
    ],
    ['an editor that ended', '\x1b[?1049h\x1b[?25l\x1b[?25h\x1b[?1049l', plain],
    ['the mouse, several modes at once', '\x1b[?1000;1006h', `\x1b[?1000l\x1b[?1006l${plain}`],
    ['bracketed paste', '\x1b[?2004h', `\x1b[?2004l${plain}`],
    ['a scroll region', '\x1b[2;10r', `\x1b7\x1b[r\x1b8${plain}`],
    ['a scroll region that was reset', '\x1b[2;10r\x1b[r', plain],
    ['keyboard levels', '\x1b[>1u\x1b[>5u\x1b[<u', `\x1b[<1u${plain}`],
    ['everything, then a full reset', '\x1b[?1049h\x1b[?1000h\x1bc', plain],
  ])('after %s', (_, output, expected) => {
    expect(undo(output)).toBe(expected);
    expect(undo(...output)).toBe(expected);
  });
});
