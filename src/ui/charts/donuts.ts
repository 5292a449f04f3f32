import Donut from 'blessed-contrib/lib/widget/donut.js';
import type { Drawing } from './drawing.ts';
import { attach, pictureOf } from './off-screen/blessed.ts';

/** What the chart takes off its element's size, in cells. */
const BORDER = 3;
/** Dots of a row; of what lies over each ring, and below it for its name. */
const ROW_DOTS = 4;
const PADDING = 4;
const ARC = 3;

export const donuts: Drawing['donuts'] = (shares, { width, height }, { rest, text }) => {
  const donut = attach(
    new Donut({
      width: width + BORDER,
      height: height + BORDER,
      radius: Math.max(ARC, (height * ROW_DOTS) / 2 - PADDING),
      arcWidth: ARC,
      yPadding: PADDING,
      remainColor: rest,
      fill: text,
    }),
  );
  // Not among its options: those it would draw twice.
  donut.setData(
    shares.map(({ name, share, ink }) => ({
      label: name,
      // More than that it takes for percents.
      percent: Math.max(0, Math.min(1, share)),
      color: ink,
    })),
  );
  return pictureOf(donut);
};
