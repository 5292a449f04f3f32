import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { fitLeft, fitRight, widthOf, wrapWords } from '../../src/ui/row-text.ts';

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

const red = (text: string): string => `\x1b[31m${text}\x1b[0m`;

test('a text is padded or cut to exactly as many cells as there are, in colours or without', () => {
  expect(fitLeft('web', 5)).toBe('web  ');
  expect(fitLeft('database', 5)).toBe('data…');
  expect(fitLeft(`▸ ${red('web')}`, 7)).toBe(`▸ ${red('web')}  `);
  expect(fitLeft(`▸ ${red('database')} ●`, 7)).toBe(`▸ ${red('data')}…`);
  expect(fitLeft(`${red('web')} ●●●●`, 6)).toBe(`${red('web')} ●…`);
  expect(fitLeft(`${red('web')}${red('more')}`, 4)).toBe(`${red('web')}…`);
  expect(fitRight('7%', 5)).toBe('   7%');
  expect(fitLeft('日本語', 4)).toBe('日… ');
  expect(fitLeft('a👨‍👩‍👧b', 7)).toMatch(/^a\?+b? *…?$/);
});

test('characters that are taken to have one cell have one for string-width too', () => {
  for (let code = 0x20; code < 0x3000; code += 1) {
    const character = String.fromCharCode(code);
    // What it cannot tell at once goes through string-width.
    if (widthOf(`é${character}`) !== 2) continue;
    // Of what is shown as a question mark nothing is taken.
    const disputed = /\p{Extended_Pictographic}|\p{Default_Ignorable_Code_Point}/u.test(character);
    expect(disputed ? 1 : stringWidth(character), `U+${code.toString(16)}`).toBe(1);
  }
});
