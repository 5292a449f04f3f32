import GaugeList from 'blessed-contrib/lib/widget/gauge-list.js';
import type { Drawing, Picture } from './drawing.ts';
import { attach, pictureOf } from './off-screen/blessed.ts';

/** In front of the gauges is the place of their numbers; behind them, and around all, is room for a border. */
const BEFORE = 3;
const AROUND = 6;

export const gauges: Drawing['gauges'] = (shares, width) => {
  const list = attach(
    new GaugeList({
      width: width + AROUND,
      height: shares.length,
      gauges: shares.map(({ share, ink }) => ({
        stack: stackOf(Math.max(0, Math.min(1, share)), ink, width),
      })),
    }),
  );
  const picture = pictureOf(list);
  return {
    width,
    height: shares.length,
    at: (column, row) => picture.at(column + BEFORE, row),
  } satisfies Picture;
};

/** Of a share the chart fills one cell more than it says: nothing is no gauge, and what is little is one cell. */
function stackOf(
  share: number,
  stroke: string,
  width: number,
): readonly { percent: number; stroke: string }[] {
  if (share === 0) return [];
  const cells = Math.max(1, Math.round(share * width));
  return [{ percent: (100 * (cells - 1)) / Math.max(1, width - 1), stroke }];
}
