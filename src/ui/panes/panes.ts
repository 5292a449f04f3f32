/** The tabs of the detail side, in their order. */
import type { Tab } from '../state/dashboard-state.ts';
import { changes } from './changes.ts';
import { chartsPane } from './charts/charts.ts';
import { console } from './console.ts';
import { events } from './events.ts';
import { overview } from './overview.ts';
import type { AnyPane } from './pane.ts';
import { plan } from './plan.ts';
import { processes } from './processes.ts';
import { snapshots } from './snapshots.ts';

export const panes: Readonly<Record<Tab, AnyPane>> = {
  overview,
  console,
  charts: chartsPane,
  processes,
  snapshots,
  changes,
  events,
  plan,
};
