import { expect, test } from 'vitest';
import { wrapWords } from '../../src/ui/row-text.ts';

test('lines are broken between words', () => {
  expect(wrapWords('one two three four', 9)).toEqual(['one two', 'three', 'four']);
});

test('what follows the first line is indented besides the spaces the text begins with', () => {
  expect(wrapWords('  one two three', 10, '  ')).toEqual(['  one two', '    three']);
});

test('a word that is longer than the line is broken inside', () => {
  expect(wrapWords('a /very/long/path b', 8)).toEqual(['a', '/very/lo', 'ng/path', 'b']);
});

test('wide characters count as two cells', () => {
  expect(wrapWords('日本 日本', 6)).toEqual(['日本', '日本']);
});

test('no text is no line', () => {
  expect(wrapWords('', 10)).toEqual([]);
});

test('a pane too narrow for its indent comes to an end all the same', () => {
  expect(wrapWords('      abcdef', 4, '    ')).toHaveLength(1);
});
