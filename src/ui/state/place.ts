/** Where keys go now. Pure. */
import type { Place } from '../keys.ts';
import type { DashboardState } from './dashboard-state.ts';
import { seenReplay } from './replay-view.ts';

export function placeOf(state: DashboardState): Place {
  const { focus, tab } = state;
  if (focus !== 'detail') return focus;
  if (seenReplay(state) !== undefined) return 'replay';
  return tab === 'charts' || tab === 'snapshots' || tab === 'changes' ? tab : 'detail';
}
