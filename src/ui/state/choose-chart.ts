/** What keys do to the chosen chart. Pure. */
import { toldCharts } from '../panes/charts/chart-table.ts';
import { chosenIndex } from './chosen-chart.ts';
import type { DashboardState } from './dashboard-state.ts';
import { type Act, nothing } from './pressed.ts';

export function chartBy(step: 1 | -1): Act {
  return (state) => {
    const titles = toldCharts(state).map(({ title }) => title);
    const index = Math.min(titles.length - 1, Math.max(0, chosenIndex(titles, state.chart) + step));
    return nothing({ ...state, chart: { ...state.chart, title: titles[index] } });
  };
}

export const oneChart: Act = (state) =>
  nothing({ ...state, chart: { ...state.chart, alone: !state.chart.alone } });

export function isAlone({ focus, tab, chart }: DashboardState): boolean {
  return focus === 'detail' && tab === 'charts' && chart.alone;
}
