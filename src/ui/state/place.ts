/** Where keys go now. Pure. */
import type { Place } from '../keys.ts';
import type { DashboardState } from './dashboard-state.ts';

export function placeOf({ focus, tab }: Pick<DashboardState, 'focus' | 'tab'>): Place {
  if (focus !== 'detail') return focus;
  return tab === 'charts' || tab === 'snapshots' || tab === 'changes' ? tab : 'detail';
}
