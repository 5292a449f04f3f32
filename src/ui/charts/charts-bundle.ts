/** What dist/charts.cjs gives to the dashboard. */
import { donuts } from './donuts.ts';
import type { Drawing } from './drawing.ts';
import { gauges } from './gauges.ts';
import { lineChart } from './line-chart.ts';
import { sparkline } from './sparkline.ts';

export const drawing: Drawing = { lineChart, gauges, donuts, sparkline };
