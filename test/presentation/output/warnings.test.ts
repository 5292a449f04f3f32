import { expect, test } from 'vitest';
import type { Terminals } from '../../../src/presentation/output/output.ts';
import { createWarnings, printWarning } from '../../../src/presentation/output/warnings.ts';

test('a warning is told once a minute to whoever listens last', () => {
  let now = 0;
  const { warn, tellTo } = createWarnings(() => now);
  const [first, second]: [string[], string[]] = [[], []];
  tellTo((text) => first.push(text));
  for (const text of ['no bus', 'no bus', 'other']) warn(text);
  tellTo((text) => second.push(text));
  warn('no bus');
  now = 60_001;
  warn('no bus');
  expect([first, second]).toEqual([['no bus', 'other'], ['no bus']]);
});

test('it is printed on stderr without what would act on a terminal, and as JSON where that is wanted', () => {
  const written: unknown[] = [];
  const terminals: Terminals = {
    write: (fd, text) => void written.push([fd, text]),
    isTerminal: () => false,
    readLine: () => undefined,
  };
  printWarning('a \x1b[31mred bus', false, terminals);
  printWarning('no bus', true, terminals);
  expect(written).toEqual([
    [2, 'tsmachine: warning: a \\x1b[31mred bus\n'],
    [2, '{"version":1,"warning":{"message":"no bus"}}\n'],
  ]);
});
