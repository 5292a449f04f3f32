import { expect, test } from 'vitest';
import { areaChart } from '../../../src/ui/panes/area-chart.ts';
import { detailLines } from '../../../src/ui/panes/detail.ts';
import { change } from '../../../src/ui/state/change.ts';
import type { DashboardState } from '../../../src/ui/state/dashboard-state.ts';
import { act } from '../../../src/ui/state/press.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { group, sample } from '../../commands/usage-sample.ts';
import { machine, shown } from '../shown-state.ts';

const theme = createTheme('none', { unicode: false });
const size = { width: 40, height: 20 };
const lines = (state: DashboardState) => detailLines(state, theme, size, 0).map(({ text }) => text);

/** A second between two of them. */
function watching(...cores: readonly number[]): DashboardState {
  return cores.reduce(
    (state, value, second) =>
      change(
        state,
        { type: 'sample', sample: sample([group('web', { cpu: { cores: value } })]) },
        second * 1000,
      ),
    shown([machine('web', { state: 'running' })], { tab: 'charts', focus: 'detail' }),
  );
}

test('a chart is filled from below, as far as its values go', () => {
  expect(areaChart([0, 4, 8], { rows: 2, top: 8, unicode: false })).toEqual(['  @', ' @@']);
  expect(areaChart([null, 0.001, 99], { rows: 1, top: 8, unicode: true })).toEqual([' ▁█']);
  expect(areaChart([1], { rows: 1, top: 0, unicode: true })).toEqual([' ']);
});

test('what is not measured on this host has no chart', () => {
  const text = lines(watching(1, 2)).join('\n');
  expect(text).toContain('cpu (processors)  2.00');
  expect(text).toContain('memory  64M');
  expect(text).not.toContain('network');
});

test('back in time the values of then are told, and how long ago it was', () => {
  const earlier = act(watching(1, 2, 3), 'earlier', 0).state;
  expect(lines(earlier)[0]).toContain('1s before the last v');
  expect(lines(earlier)[1]).toContain('cpu (processors)  2.00');
  const first = act(earlier, 'earliest', 0).state;
  expect(lines(first)[1]).toContain('cpu (processors)  1.00');
  expect(lines(act(first, 'now', 0).state)[1]).toContain('cpu (processors)  3.00');
});

test('where one looks stays where it is while time goes on', () => {
  const earlier = act(watching(1, 2, 3), 'earlier', 0).state;
  const later = change(
    earlier,
    { type: 'sample', sample: sample([group('web', { cpu: { cores: 4 } })]) },
    3000,
  );
  expect(lines(later)[1]).toContain('cpu (processors)  2.00');
});

test('a past that is longer than the pane is gone through to its beginning', () => {
  const long = watching(...Array.from({ length: 100 }, (_, index) => index / 100));
  const first = act(long, 'earliest', 0).state;
  expect(lines(first)[1]).toContain('cpu (processors)  0.00');
  expect(lines(first)[0]).toMatch(/^v 1m39s before/);
});

test('a machine that does not run has no charts', () => {
  expect(lines(shown([machine('web')], { tab: 'charts' }))[0]).toContain('does not run');
});

test('what was nothing all the time takes one line, and leaves the room to the others', () => {
  const shownLines = lines(watching(1, 2));
  const throttled = shownLines.findIndex((line) => line.startsWith('throttled'));
  expect(shownLines[throttled + 1]).toContain('some wait for a processor');
  expect(shownLines.filter((line) => line.includes('@'))).not.toHaveLength(0);
  expect(shownLines.length).toBeLessThanOrEqual(size.height);
});
