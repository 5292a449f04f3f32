import { expect, test } from 'vitest';
import { clicked } from '../../../src/ui/state/click.ts';
import { machine, shown } from '../shown-state.ts';

const state = shown(['a', 'b', 'c'].map((name) => machine(name)));
const at = (column: number, row: number, of = state) => clicked(of, { column, row }, 1000);

test('a machine of the list is selected by a click, and nothing changes its place then', () => {
  // Title, border, names of the columns, a, b.
  expect(at(10, 4)).toMatchObject({ selected: 'b', focus: 'list', movedAt: 1000 });
  expect(at(10, 3, { ...state, focus: 'detail' })).toMatchObject({ selected: 'a', focus: 'list' });
});

test('of a long list it is the one that is seen there', () => {
  const names = Array.from({ length: 100 }, (_, index) => `m${String(index).padStart(2, '0')}`);
  const long = shown(
    names.map((name) => machine(name)),
    { selected: 'm50' },
  );
  const first = at(10, 3, long).selected ?? '';
  expect(Number(first.slice(1))).toBeGreaterThan(30);
  expect(at(10, 4, long).selected).toBe(names[names.indexOf(first) + 1]);
});

test('elsewhere a click chooses the pane, and no machine', () => {
  for (const row of [2, 20]) expect(at(10, row)).toMatchObject({ selected: 'a', focus: 'list' });
  expect(at(100, 10)).toMatchObject({ selected: 'a', focus: 'detail' });
  expect(at(10, 0)).toBe(state);
});
