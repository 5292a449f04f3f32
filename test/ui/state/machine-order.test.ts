import { expect, test } from 'vitest';
import { change } from '../../../src/ui/state/change.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { reorder } from '../../../src/ui/state/machine-order.ts';
import { group, sample } from '../../commands/usage-sample.ts';
import { machine, shown } from '../shown-state.ts';

const names = ['a', 'b', 'c', 'd'];
const busy = (cores: Readonly<Record<string, number>>) =>
  sample(Object.entries(cores).map(([name, of]) => group(name, { cpu: { cores: of } })));
const byCpu: DashboardState = {
  ...shown(names.map((name) => machine(name))),
  sort: { column: 'cpu', down: true },
};

test('nothing changes its place while somebody moves, and for two seconds after', () => {
  const moved = { ...byCpu, movedAt: 1000 };
  const news = { type: 'sample', sample: busy({ a: 0.1, b: 0.9 }) } as const;
  expect(change(moved, news, 2999).order).toEqual(names);
  expect(change(moved, news, 3000).order).toEqual(['b', 'a', 'c', 'd']);
});

test('machines of which nothing is known come last, whichever way is sorted', () => {
  const known = { ...byCpu, sample: busy({ c: 0.1, d: 0.9 }) };
  expect(reorder(known, 0).order).toEqual(['d', 'c', 'a', 'b']);
  expect(reorder({ ...known, sort: { column: 'cpu', down: false } }, 0).order).toEqual(['c', 'd', 'a', 'b']);
});

test('what is selected stays so wherever it goes, and when it is gone who stood behind it is', () => {
  const selected = { ...byCpu, selected: 'b', sample: busy({ c: 0.9 }) };
  expect(reorder(selected, 0)).toMatchObject({ order: ['c', 'a', 'b', 'd'], selected: 'b' });
  const left = names.filter((name) => name !== 'b').map((name) => machine(name));
  expect(reorder({ ...byCpu, selected: 'b', machines: left }, 0).selected).toBe('c');
  const firsts = names.slice(0, 2).map((name) => machine(name));
  expect(reorder({ ...byCpu, selected: 'd', machines: firsts }, 0).selected).toBe('b');
});
