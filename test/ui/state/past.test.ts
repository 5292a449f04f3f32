import { expect, test } from 'vitest';
import { momentIndex, type Past, remembered, steppedTo, valueAt } from '../../../src/ui/state/past.ts';
import { group, sample } from '../../commands/usage-sample.ts';

const cores = (value: number | null) => ({ cpu: { cores: value } });

function watched(values: readonly (number | null)[]): Past {
  return values.reduce<Past>(
    (past, value, second) => remembered(past, sample([group('web', cores(value))]), second * 1000),
    [],
  );
}

test('what a machine used is told for each moment, and what was not measured is no number', () => {
  const past = watched([0.5, null]);
  const id = group('web').id;
  expect(past.map((moment) => valueAt(moment, id, 'cpu'))).toEqual([0.5, null]);
  expect(valueAt(past[0] as Past[number], 'another', 'cpu')).toBeNull();
  expect(valueAt(past[0] as Past[number], id, 'received')).toBeNull();
});

test('machines that come and go do not change what was of others', () => {
  const [a, b] = [group('a', cores(1)), group('b', cores(2))];
  const past = remembered(remembered(remembered([], sample([a, b]), 0), sample([b]), 1), sample([b, a]), 2);
  expect(past.map((moment) => valueAt(moment, b.id, 'cpu'))).toEqual([2, 2, 2]);
  expect(past.map((moment) => valueAt(moment, a.id, 'cpu'))).toEqual([1, null, 1]);
});

test('the same machines share the table of their rows', () => {
  const past = watched([1, 2]);
  expect(past[1]?.rows).toBe(past[0]?.rows);
});

test('the past is bounded, and the oldest goes first', () => {
  const past = watched(Array.from({ length: 1000 }, (_, index) => index));
  expect(past).toHaveLength(900);
  expect(past[0]?.at).toBe(100_000);
});

test('one goes back and forth in time within what is kept, and a moment stays looked at while new ones come', () => {
  const past = watched([1, 2, 3]);
  expect(steppedTo(past, undefined, -1)).toBe(1000);
  expect(steppedTo(past, 1000, -5)).toBe(0);
  expect(steppedTo(past, 1000, 1)).toBeUndefined();
  expect(momentIndex(remembered(past, sample([]), 3000), 1000)).toBe(1);
  expect(momentIndex(past, -1)).toBe(0);
  expect(steppedTo([], undefined, -1)).toBeUndefined();
});
