import { describe, expect, it } from 'vitest';
import { createLogTextStream, logText } from '../../../src/presentation/lines/log-text.ts';

const samples: readonly (readonly [string, string, string])[] = [
  ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
  ['a window title with spaces', '\x1b]0;root@web: ~ x\x07$ ', '$ '],
  ['a control string closed by ESC backslash', '\x1bPq#0\x1b\\after', 'after'],
  ['a character set', '\x1b(Bx', 'x'],
  ['private modes', '\x1b[?2004hx\x1b[?2004l', 'x'],
  ['a terminal line end', 'a\r\nb\r\r\n', 'a\nb\n'],
];

describe('log text', () => {
  it.each(samples)('is without %s', (_, text, shown) => {
    expect(logText(text)).toBe(shown);
  });

  it('shows what is no sequence', () => {
    expect(logText('a\x08b\x1b')).toBe('a\\x08b\\x1b');
  });

  it.each(samples)('is the same when %s is cut anywhere', (_, text, shown) => {
    for (let cut = 0; cut <= text.length; cut += 1) {
      const feed = createLogTextStream();
      const pieces = [Buffer.from(text.slice(0, cut)), Buffer.from(text.slice(cut)), undefined];
      expect(pieces.map(feed).join('')).toBe(shown);
    }
  });

  it('keeps a character whole that is cut between its bytes', () => {
    const bytes = Buffer.from('é日');
    const feed = createLogTextStream();
    expect([...bytes].map((byte) => feed(Uint8Array.of(byte))).join('') + feed(undefined)).toBe('é日');
  });

  it('does not wait for ever for the end of a control string', () => {
    const feed = createLogTextStream();
    expect(feed(Buffer.from(`\x1b]${'x'.repeat(5000)}`))).toContain('\\x1b]xxx');
  });
});
