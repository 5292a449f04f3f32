import Sparkline from 'blessed-contrib/lib/widget/sparkline.js';
import type { Drawing } from './drawing.ts';
import { attach } from './off-screen/blessed.ts';

/** What the chart takes off its element's width for a border. */
const BORDER = 2;

export const sparkline: Drawing['sparkline'] = (values, top) => {
  // It draws from the least to the greatest of what it is given: from nothing to `top` are two values more.
  const scale = [0, Math.max(top, Number.MIN_VALUE)];
  const chart = attach(new Sparkline({ width: values.length + scale.length + BORDER, height: 1 }));
  chart.setData(
    [''],
    [
      [...scale, ...values.map((value) => Math.max(0, Math.min(top, value)))].map((value) =>
        finely(value, top),
      ),
    ],
  );
  // An empty line, the title, the letters.
  return chart.content.split('\r\n')[2]?.slice(scale.length) ?? '';
};

/** It counts in steps of whole 256ths: of numbers as small as shares it would make one step. */
function finely(value: number, top: number): number {
  return top > 0 ? (value / top) * 1000 : 0;
}
