import { expect, test } from 'vitest';
import type { Deed } from '../../../src/ui/deeds/deed.ts';
import { commandOfAll, summary } from '../../../src/ui/deeds/summary.ts';

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
  expect(commandOfAll([start('a'), start('b')])).toBe('tsmachine start a b');
  expect(
    commandOfAll([
      { verb: 'destroy', name: 'a' },
      { verb: 'destroy', name: 'b' },
    ]),
  ).toBe('tsmachine destroy --force a b');
});

test('what no command line does at once takes several, and none is left out', () => {
  const set = (name: string): Deed => ({ verb: 'set', name, settings: { 'pids.max': '9' } });
  expect(commandOfAll([set('a'), set('b')])).toBe('tsmachine set a pids.max=9; tsmachine set b pids.max=9');
  const freeze = (name: string): Deed => ({ verb: 'freeze', name });
  expect(commandOfAll([freeze('a'), { verb: 'unfreeze', name: 'b' }, freeze('c')])).toBe(
    'tsmachine freeze a c; tsmachine unfreeze b',
  );
  expect(commandOfAll([])).toBe('');
});
