/** What it used, over the time that was watched. */
import { type HistoryOf, lastValues } from '../../presentation/usage/history.ts';
import { sparkline } from '../../presentation/usage/sparkline.ts';
import { samplesByName } from '../state/machine-order.ts';
import { definePane } from './pane.ts';

export const charts = definePane<undefined>({
  tab: 'charts',
  title: 'Charts',
  place: 'detail',
  choosable: false,
  load: undefined,
  lines: ({ machine, state, theme, width }) => {
    const sample = samplesByName(state).get(machine.name);
    const history = sample === undefined ? undefined : state.histories.get(sample.id);
    if (history === undefined) return [{ text: theme.paint('dim', 'it does not run') }];
    const rows: readonly (readonly [string, HistoryOf])[] = [
      ['cpu', 'cores'],
      ['memory', 'memoryBytes'],
      ['disks', 'io'],
    ];
    return rows.map(([name, of]) => {
      const values = lastValues(history, of, width);
      const top = Math.max(...values.map((value) => value ?? 0), 1e-9);
      return { text: `${name.padEnd(8)}${sparkline(values, Math.max(0, width - 8), top, theme.unicode)}` };
    });
  },
});
