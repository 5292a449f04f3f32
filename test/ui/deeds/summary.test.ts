import { expect, test } from 'vitest';
import type { Deed } from '../../../src/ui/deeds/deed.ts';
import { summary, wordsOfAll } from '../../../src/ui/deeds/summary.ts';

const start = (name: string): Deed => ({ verb: 'start', name });

test('several deeds are told in one line', () => {
  expect(
    summary([
      { deed: start('a'), end: 'done' },
      { deed: start('b'), end: 'failed' },
      { deed: start('c'), end: 'done' },
      { deed: start('d'), end: 'broken-off' },
    ]),
  ).toBe('2 started, 1 broken off, 1 failed');
});

test('the same deed on several machines is one command line', () => {
  expect(wordsOfAll([start('a'), start('b')])).toEqual(['start', 'a', 'b']);
  expect(
    wordsOfAll([
      { verb: 'destroy', name: 'a' },
      { verb: 'destroy', name: 'b' },
    ]),
  ).toEqual(['destroy', '--force', 'a', 'b']);
});

test('deeds that no command line does at once have that of the last one', () => {
  expect(wordsOfAll([start('a'), { verb: 'stop', name: 'b' }])).toEqual(['stop', 'b']);
});
