/** Which chart is the chosen one, and whether it has the pane for itself. Pure. */
import { toldCharts } from '../panes/charts/chart-table.ts';
import type { DashboardState } from './dashboard-state.ts';
import { type Act, nothing } from './pressed.ts';

export interface ChosenChart {
  /** Undefined: the first. */
  readonly title: string | undefined;
  readonly alone: boolean;
}

export const firstChart: ChosenChart = { title: undefined, alone: false };

/** Where it is among those that are told. */
export function chosenIndex(titles: readonly string[], { title }: ChosenChart): number {
  return Math.max(0, titles.indexOf(title ?? ''));
}

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
