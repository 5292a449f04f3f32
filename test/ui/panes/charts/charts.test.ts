import { beforeAll, describe, expect, it, test } from 'vitest';
import type { Drawing } from '../../../../src/ui/charts/drawing.ts';
import { detailLines } from '../../../../src/ui/panes/detail.ts';
import { widthOf } from '../../../../src/ui/row-text.ts';
import { change } from '../../../../src/ui/state/change.ts';
import type { DashboardState } from '../../../../src/ui/state/dashboard-state.ts';
import { act } from '../../../../src/ui/state/press.ts';
import { createTheme, themeNames } from '../../../../src/ui/theme.ts';
import { group, sample } from '../../../commands/usage-sample.ts';
import { busyUse } from '../../../fakes/busy-use.ts';
import { builtDrawing } from '../../charts/built-drawing.ts';
import { machine, shown } from '../../shown-state.ts';

const plain = createTheme('none', { unicode: false });
const size = { width: 60, height: 17 };
let drawing: Drawing;

beforeAll(async () => {
  drawing = await builtDrawing();
});

function lines(state: DashboardState, theme = plain, of = size): readonly string[] {
  return detailLines(state, theme, of, 0).map(({ text }) => text);
}

type Use = Parameters<typeof group>[1];

/** A second between two of them. */
function watchingUse(...uses: readonly Use[]): DashboardState {
  return uses.reduce<DashboardState>(
    (state, use, second) =>
      change(state, { type: 'sample', sample: sample([group('web', use)]) }, second * 1000),
    shown([machine('web', { state: 'running' })], {
      tab: 'charts',
      focus: 'detail',
      drawing: { state: 'ready', value: drawing },
    }),
  );
}

const watching = (...cores: readonly number[]): DashboardState =>
  watchingUse(...cores.map((value) => ({ cpu: { cores: value } })));

/** All that there are charts of. */
function busy(seconds: number): DashboardState {
  const uses = Array.from({ length: seconds }, (_, second) => busyUse(second));
  return watchingUse(...uses);
}

test('what is not measured on this host has no chart', () => {
  const text = lines(watching(1, 2)).join('\n');
  expect(text).toContain('cpu (processors)  2.00');
  expect(text).toMatch(/memory .*64MB/);
  expect(text).not.toContain('network');
});

test('back in time the values of then are told, and how long ago it was', () => {
  const earlier = act(watching(1, 2, 3), 'earlier', 0).state;
  expect(lines(earlier)[0]).toContain('1s before the last');
  expect(lines(earlier)[1]).toContain('cpu (processors)  2.00');
  const first = act(earlier, 'earliest', 0).state;
  expect(lines(first)[1]).toContain('cpu (processors)  1.00');
  expect(lines(act(first, 'now', 0).state)[1]).toContain('cpu (processors)  3.00');
});

test('the moment that is looked at has a line through the chart, the present has none', () => {
  const now = watching(1, 2, 3, 2, 1);
  // The last column but one.
  const at = (state: DashboardState): string =>
    lines(state)
      .slice(2, 5)
      .map((line) => line[58])
      .join('');
  expect(at(act(now, 'earlier', 0).state)).toContain('|');
  const marked = lines(act(now, 'earlier', 0).state, createTheme('dark', { unicode: true }));
  expect(marked[2]).toContain('\x1b[1;36m');
  expect(lines(now, createTheme('dark', { unicode: true }))[2]).not.toContain('\x1b[1;36m');
});

test('where one looks stays where it is while time goes on', () => {
  const earlier = act(watching(1, 2, 3), 'earlier', 0).state;
  const news = { type: 'sample', sample: sample([group('web', { cpu: { cores: 4 } })]) } as const;
  expect(lines(change(earlier, news, 3000))[1]).toContain('cpu (processors)  2.00');
});

test('a past that is longer than the pane is gone through to its beginning', () => {
  const first = act(watching(...Array.from({ length: 100 }, (_, index) => index / 100)), 'earliest', 0).state;
  expect(lines(first)[1]).toContain('cpu (processors)  0.00');
  expect(lines(first)[0]).toMatch(/^1m39s before/);
});

test('a machine that does not run has no charts', () => {
  expect(lines(shown([machine('web')], { tab: 'charts' }))[0]).toContain('does not run');
});

test('until what draws is there it is looked for, and if it cannot be had the reason is told', () => {
  const waiting = { ...watching(1), drawing: { state: 'loading' } } as const;
  expect(lines(waiting)).toEqual(['looking ...']);
  const failed = { ...watching(1), drawing: { state: 'failed', error: new Error('no such file') } } as const;
  expect(lines(failed).join(' ')).toContain('no such file');
});

test('what was nothing all the time takes one line, and leaves the room to the others', () => {
  const all = lines(watching(1, 2));
  const throttled = all.findIndex((line) => line.includes('throttled'));
  expect(all[throttled]).toMatch(/0%$/);
  expect(all[throttled + 1]).toContain('waits for a processor');
});

test('a limit is drawn where it is near, and told in any case', () => {
  const use = (bytes: number) => ({ memory: { bytes, limitBytes: 2 ** 28 } });
  const chartOf = (bytes: number): readonly string[] =>
    lines(act(watchingUse(use(bytes), use(bytes)), 'next-chart', 0).state).filter(
      (line) => !line.includes('>'),
    );
  const alone = (bytes: number): string =>
    lines(act(act(watchingUse(use(bytes), use(bytes)), 'next-chart', 0).state, 'one-chart', 0).state).join(
      '\n',
    );
  expect(alone(2 ** 27)).toMatch(/memory.max 256MB/);
  expect(alone(2 ** 27)).toMatch(/:\n/);
  expect(alone(2 ** 20)).toMatch(/memory.max 256MB/);
  expect(alone(2 ** 20)).not.toMatch(/:\n/);
  expect(chartOf(2 ** 27)).not.toHaveLength(0);
});

test('keys choose a chart, Enter shows it alone, Escape shows all again', () => {
  const second = act(busy(90), 'next-chart', 0).state;
  expect(lines(second).join('\n')).toMatch(/^>memory/m);
  expect(lines(act(second, 'previous-chart', 0).state).join('\n')).toMatch(/^>cpu/m);
  const alone = act(second, 'one-chart', 0).state;
  expect(lines(alone)[1]).toMatch(/^>memory/);
  expect(lines(alone).join('\n')).not.toContain('disks');
  const all = act(alone, 'back', 0).state;
  expect(lines(all).join('\n')).toContain('disks');
  expect(all.focus).toBe('detail');
  expect(act(all, 'back', 0).state.focus).toBe('list');
});

test('samples that come more often than once a second do not draw anew', () => {
  const take = (state: DashboardState, cores: number, at: number): DashboardState =>
    change(state, { type: 'sample', sample: sample([group('web', { cpu: { cores } })]) }, at);
  const before = take(watching(1, 2), 3, 2000);
  const drawn = lines(before);
  expect(lines(take(take(before, 1, 2250), 0.5, 2500))).toEqual(drawn);
  expect(lines(take(before, 0.5, 3000))).not.toEqual(drawn);
});

test('the same picture is not drawn twice', () => {
  const state = busy(30);
  const theme = createTheme('dark', { unicode: true });
  const first = detailLines(state, theme, size, 0);
  expect(detailLines({ ...state, marks: new Set(['web']) }, theme, size, 0)).toBe(first);
  expect(detailLines(act(state, 'earlier', 0).state, theme, size, 0)).not.toBe(first);
});

describe('at every size', () => {
  const sizes = [
    { width: 18, height: 2 },
    { width: 30, height: 5 },
    { width: 58, height: 11 },
    { width: 78, height: 12 },
    { width: 68, height: 36 },
    { width: 118, height: 46 },
    { width: 198, height: 46 },
  ];

  it.each(sizes)('$width by $height: no row is longer than the pane, and no more rows than it has', (of) => {
    for (const state of [watching(1), busy(300), act(busy(300), 'one-chart', 0).state]) {
      for (const unicode of [true, false]) {
        const drawn = lines(state, createTheme('dark', { unicode }), of);
        expect(drawn.length).toBeLessThanOrEqual(of.height);
        for (const line of drawn) expect(widthOf(line)).toBeLessThanOrEqual(of.width);
      }
    }
  });

  it.each(sizes)('$width by $height: in ASCII and without colours there is nothing else', (of) => {
    for (const line of lines(act(busy(300), 'earlier', 0).state, plain, of))
      expect(line).toMatch(/^[\x20-\x7e]*$/);
  });

  it('the more room there is, the more charts have lines', () => {
    // Lower left corners of their axes are times that stand below.
    const drawn = (of: (typeof sizes)[number]): number =>
      lines(busy(300), plain, of).join('\n').split(' 0|').length - 1;
    const counts = [sizes[2], sizes[4], sizes[5]].map((of) => drawn(of ?? size));
    expect(counts[0]).toBe(1);
    expect(counts[1]).toBeGreaterThan(2);
    expect(counts[2]).toBe(9);
  });
});

test('colours are those of the theme, and one escape sequence is for all cells beside each other', () => {
  for (const name of themeNames) {
    const theme = createTheme(name, { unicode: true });
    const own = new Set([
      'title',
      'dim',
      'focus',
      'good',
      'busy',
      'cold',
      'marked',
      'warning',
      'danger',
      'key',
    ] as const);
    const allowed = new Set([...own].map((role) => theme.paint(role, 'x').split('x')[0]));
    const text = lines(act(busy(300), 'earlier', 0).state, theme, { width: 118, height: 46 }).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    const used = new Set(text.match(/\x1b\[[\d;]*m/g) ?? []);
    used.delete('\x1b[0m');
    for (const code of used) expect(allowed).toContain(code);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    expect(text).not.toMatch(/(\x1b\[[\d;]+m)[^\x1b]*\x1b\[0m\1/);
  }
});
