import { describe, expect, it } from 'vitest';
import { createQueryDetector, createQueryFilter } from '../../src/terminal/queries.ts';

function replay(pieces: readonly string[]): string {
  const filter = createQueryFilter(pieces.join('').length);
  return pieces.map((piece) => filter(Buffer.from(piece, 'latin1')).toString('latin1')).join('');
}

describe('output that is shown again', () => {
  it.each([
    ['where the cursor is', '\x1b[6n'],
    ['what the terminal is', '\x1b[c\x1b[>0c\x1bZ'],
    ['its version', '\x1b[>0q'],
    ['whether a mode is set', '\x1b[?2026$p'],
    ['its background colour', '\x1b]11;?\x07'],
    ['the clipboard', '\x1b]52;c;?\x1b\\'],
    ['a capability', '\x1bP+q544e\x1b\\'],
    ['the size of the window', '\x1b[18t'],
    ['the answerback', '\x05'],
  ])('does not ask again for %s', (_, query) => {
    const text = `a${query}b`;
    expect(replay([text])).toBe('ab');
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(replay([text.slice(0, cut), text.slice(cut)])).toBe('ab');
    }
  });

  it('is otherwise the same, byte for byte', () => {
    const text =
      '\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b[?1049h\x1b[2J\x1b[>4;1m\x1bc é \xff\x00\r\n\x1b[5';
    expect(replay([text])).toBe(text);
    expect(replay([...text])).toBe(text);
  });

  it('ends where live output begins, which may ask', () => {
    const filter = createQueryFilter(5);
    expect(filter(Buffer.from('\x1b[6na\x1b[6n')).toString()).toBe('a\x1b[6n');
    expect(filter(Buffer.from('\x1b[6n')).toString()).toBe('\x1b[6n');
  });
});

describe('output that is shown for the first time', () => {
  const asked = ['\x1b[6n', '\x1b]11;?\x07', '\x05', '\x1bP+q544e\x1b\\', '\x1b[c', '\x1b[c'];
  const text = `a\x1b[1m${asked.join('b')}\x1b]0;title\x07`;

  it('tells of each query once, wherever it is cut', () => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      const detect = createQueryDetector();
      const pieces = [text.slice(0, cut), text.slice(cut)];
      expect(pieces.flatMap((piece) => detect(Buffer.from(piece, 'latin1')))).toEqual(asked);
    }
  });

  it('tells of none where nothing is asked', () => {
    const detect = createQueryDetector();
    expect(detect(Buffer.from('plain'))).toEqual([]);
    expect(detect(Buffer.from('\x1b[35mtext\x1b[0m\x1b]0;title\x07'))).toEqual([]);
  });
});
