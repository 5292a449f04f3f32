import { expect, test } from 'vitest';
import { change } from '../../../src/ui/state/change.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { reorder } from '../../../src/ui/state/machine-order.ts';
import { moveInList } from '../../../src/ui/state/move.ts';
import { targets } from '../../../src/ui/state/pressed.ts';
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

test('what is selected stays so wherever it goes', () => {
  const selected = { ...byCpu, selected: 'b', sample: busy({ c: 0.9 }) };
  expect(reorder(selected, 0)).toMatchObject({ order: ['c', 'a', 'b', 'd'], selected: 'b' });
});

const without = (...gone: readonly string[]) =>
  names.filter((name) => !gone.includes(name)).map((name) => machine(name));

test('when it is gone who stood in its place is, after a second in which keys do nothing', () => {
  const gone = reorder({ ...byCpu, selected: 'b', machines: without('b') }, 5000);
  expect(targets(gone)).toEqual([]);
  expect(targets(reorder(gone, 5999))).toEqual([]);
  expect(targets(reorder(gone, 6000))).toEqual(['c']);
  const last = reorder({ ...byCpu, selected: 'd', machines: without('c', 'd') }, 0);
  expect(reorder(last, 1000).selected).toBe('b');
});

test('who moves meanwhile comes to those that stood around it', () => {
  const gone = reorder({ ...byCpu, selected: 'b', machines: without('b') }, 0);
  expect(targets(moveInList(gone, 'down', 1))).toEqual(['c']);
  expect(targets(moveInList(gone, 'up', 1))).toEqual(['a']);
});

test('one that comes back is selected still', () => {
  const gone = reorder({ ...byCpu, selected: 'b', machines: without('b') }, 0);
  expect(targets(reorder({ ...gone, machines: byCpu.machines }, 500))).toEqual(['b']);
});

test('a filter hands on at once: who types it sees it', () => {
  expect(targets(reorder({ ...byCpu, selected: 'b', filter: 'c' }, 0))).toEqual(['c']);
});
