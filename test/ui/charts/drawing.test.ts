import { beforeAll, describe, expect, it, test } from 'vitest';
import { type Drawing, type LineChart, type Picture, plotWidth } from '../../../src/ui/charts/drawing.ts';
import { builtDrawing, builtText } from './built-drawing.ts';

let drawing: Drawing;
const needed: string[] = [];
const listeners = (): readonly number[] =>
  process.eventNames().map((name) => process.listenerCount(name as string));

beforeAll(async () => {
  drawing = await builtDrawing((name) => needed.push(name));
});

function rows(picture: Picture): readonly string[] {
  return Array.from({ length: picture.height }, (_, row) =>
    Array.from({ length: picture.width }, (_, column) => picture.at(column, row)?.glyph ?? ' ').join(''),
  );
}

function inks(picture: Picture): ReadonlySet<string> {
  const cells = Array.from({ length: picture.width * picture.height }, (_, place) =>
    picture.at(place % picture.width, Math.floor(place / picture.width)),
  );
  return new Set(cells.flatMap((cell) => (cell === undefined ? [] : [cell.ink])));
}

function chart(
  width: number,
  height: number,
  values: readonly (number | null)[],
  more: Partial<LineChart> = {},
) {
  return drawing.lineChart({
    width,
    height,
    top: 100,
    step: 50,
    unit: '%',
    curves: [{ values, ink: 'line' }],
    times: new Map(),
    axisInk: 'axis',
    ...more,
  });
}

/** Oldest first, as many as such a chart shows. */
function flat(width: number, value: number | null): readonly (number | null)[] {
  return Array.from({ length: plotWidth(width) }, () => value);
}

describe('the bundle of the charts', () => {
  it('needs no module of Node, no package at run time, and neither process nor terminal', async () => {
    const before = listeners();
    const again = await builtDrawing();
    again.lineChart({ ...lineOf(20), width: 20, height: 6 });
    expect(needed).toEqual([]);
    expect(listeners()).toEqual(before);
    expect(await builtText()).not.toMatch(/\bprocess\.|\bstdout\b|require\("/);
  });

  it('is small: not all of lodash, gl-matrix and blessed', async () => {
    expect((await builtText()).length).toBeLessThan(40_000);
  });
});

function lineOf(width: number): LineChart {
  const curves = [{ values: flat(width, 50), ink: 'line' }];
  return { width, height: 6, top: 100, step: 50, unit: '', curves, times: undefined, axisInk: 'axis' };
}

describe('a line chart', () => {
  it.each([
    [20, 5],
    [58, 9],
    [118, 30],
    [57, 4],
    [8, 3],
  ])('of %i by %i cells is as large as asked, and has no ink but those given', (width, height) => {
    const drawn = chart(width, height, flat(width, 40));
    expect(rows(drawn)).toHaveLength(height);
    for (const row of rows(drawn)) expect(row).toHaveLength(width);
    expect([...inks(drawn)].sort()).toEqual(['axis', 'line']);
  });

  it('has the value that fills it in the first row and none in the last, and the newest in the last column', () => {
    const values = [...flat(28, null), 0, 100];
    const drawn = chart(30, 8, values, { times: undefined });
    expect(drawn.at(29, 0)?.ink).toBe('line');
    expect(drawn.at(28, 7)?.ink).toBe('line');
    expect(drawn.at(27, 7)).toBeUndefined();
  });

  it('has labels at its axis with their unit', () => {
    const labels = rows(chart(30, 8, flat(30, 1), { times: undefined })).map((row) => row.slice(0, 5));
    expect(labels.filter((label) => label.trim() !== '')).toEqual([' 100%', '  50%', '    0']);
  });

  it('has times below the columns they are of', () => {
    const drawn = rows(chart(30, 8, flat(30, 1), { times: new Map([[3, '-20s']]) }));
    expect(drawn.at(-1)).toBe('-20s'.padStart(6 + 3 + 4).padEnd(30));
  });

  it('leaves a gap where nothing was measured', () => {
    const values = flat(30, 50).map((value, column) => (column > 8 && column < 12 ? null : value));
    const drawn = chart(30, 4, values, { times: undefined });
    const line = (column: number) => [0, 1, 2, 3].some((row) => drawn.at(6 + column, row)?.ink === 'line');
    expect([7, 8, 10, 12, 13].map(line)).toEqual([true, true, false, true, true]);
  });

  it('draws a dotted line with fewer dots', () => {
    const dots = (dotted: boolean): number => {
      const drawn = chart(30, 4, [], {
        times: undefined,
        curves: [{ values: flat(30, 50), ink: 'line', dotted }],
      });
      const masks =
        rows(drawn)
          .join('')
          .match(/[\u2801-\u28ff]/g) ?? [];
      return masks.reduce(
        (sum, glyph) => sum + (glyph.charCodeAt(0) - 0x2800).toString(2).replaceAll('0', '').length,
        0,
      );
    };
    expect(dots(true)).toBeLessThan(dots(false));
  });
});

test('gauges are one row each, filled as far as their share goes, and what is little is still something', () => {
  const shares = [0, 0.001, 0.5, 1, 7].map((share) => ({ name: '', share, ink: 'line' }));
  expect(rows(drawing.gauges(shares, 10))).toEqual([
    '          ',
    '█         ',
    '█████     ',
    '██████████',
    '██████████',
  ]);
});

test('donuts stand side by side with their percents and names, in the inks given', () => {
  const shares = [
    { name: 'cpu of 2', share: 0.25, ink: 'a' },
    { name: 'memory', share: 3, ink: 'b' },
  ];
  const drawn = drawing.donuts(shares, { width: 40, height: 8 }, { rest: 'rest', text: 'text' });
  expect(rows(drawn)).toHaveLength(8);
  for (const row of rows(drawn)) expect(row).toHaveLength(40);
  expect(rows(drawn)[3]).toMatch(/25%.*100%/);
  expect(rows(drawn)[7]).toMatch(/^ +cpu of 2 +memory +$/);
  expect([...inks(drawn)].sort()).toEqual(['a', 'b', 'rest', 'text']);
});

test('a sparkline has a letter for each value, from nothing to what fills it', () => {
  expect(drawing.sparkline([0, 0.5, 1, 9], 1)).toBe('▁▄██');
  expect(drawing.sparkline([0.0001, 0.00005], 0.0001)).toBe('█▄');
  expect(drawing.sparkline([], 1)).toBe('');
});
