import { expect, test } from 'vitest';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { act } from '../../../src/ui/state/press.ts';
import { machine, shown } from '../shown-state.ts';

type Actions = readonly Parameters<typeof act>[1][];

function after(state: DashboardState, ...actions: Actions): DashboardState {
  return actions.reduce((before, action) => act(before, action, 0).state, state);
}

const four = shown(['a', 'b', 'c', 'd'].map((name) => machine(name)));
const marksOf = ({ marks }: DashboardState): string => [...marks].sort().join(' ');

test('a mark goes on to the next machine, and is taken off where there was one', () => {
  const marked = after(four, 'mark', 'mark');
  expect(marksOf(marked)).toBe('a b');
  expect(marked.selected).toBe('c');
  expect(marksOf(after(marked, 'first', 'mark'))).toBe('b');
});

test('a range is marked with both its ends, whichever of them came first, beside what was marked before', () => {
  expect(marksOf(after(four, 'mark-range', 'down', 'down', 'mark-range'))).toBe('a b c');
  expect(marksOf(after(four, 'mark', 'last', 'mark-range', 'up', 'mark-range'))).toBe('a c d');
});

test('all that are shown are marked, and none that a filter hides', () => {
  const filtered = { ...four, filter: 'b', order: ['b'] };
  expect(marksOf(after(filtered, 'mark-all'))).toBe('b');
});

test('taking off all marks ends a range that was begun', () => {
  const ended = after(four, 'mark-range', 'down', 'unmark', 'last', 'mark-range');
  expect(marksOf(ended)).toBe('d');
});
