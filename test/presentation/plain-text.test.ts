import { describe, expect, it } from 'vitest';
import { safeJson, visible, visibleLines } from '../../src/presentation/plain-text.ts';

describe('visible text', () => {
  it.each([
    ['escape', '\x1b[31m', '\\x1b[31m'],
    ['delete', '\x7f', '\\x7f'],
    ['a C1 control', '\x9b', '\\x9b'],
    ['a direction mark', 'a\u202eb', 'a\\u202eb'],
    ['an isolate', '\u2066', '\\u2066'],
    ['a line separator', '\u2028', '\\u2028'],
    ['line feed and tab', 'a\n\tb', 'a\\n\\tb'],
  ])('shows %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('leaves letters of all scripts alone', () => {
    expect(visible('naïve Ωμέγα 日本')).toBe('naïve Ωμέγα 日本');
  });

  it('keeps line feeds and tabs in text of several lines, and shows a carriage return', () => {
    expect(visibleLines('a\n\tb\rc')).toBe('a\n\tb\\rc');
  });
});

describe('safe JSON', () => {
  it('escapes what JSON itself leaves dangerous, and means the same', () => {
    const value = { text: '\x1b\x7f\x9b\u202e' };
    const json = safeJson(value);
    expect(json).toBe('{"text":"\\u001b\\u007f\\u009b\\u202e"}');
    expect(JSON.parse(json)).toEqual(value);
  });
});
