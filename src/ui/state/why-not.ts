/** Why an action does nothing now, and what to do about it: said in the line at the bottom. Pure. */
import { bindingOf, keysOf } from '../keymap.ts';
import type { Action, Place } from '../keys.ts';
import { panes } from '../panes/panes.ts';
import type { DashboardState, Tab } from './dashboard-state.ts';

/** Undefined: nothing is against it. */
export function whyNot(action: Action, state: DashboardState): string | undefined {
  const { writes, place } = bindingOf(action);
  if (writes === true && state.readOnly) {
    const way = state.lockedReadOnly ? 'as --read-only asked for' : '! allows changes again';
    return `read-only: nothing is changed; ${way}`;
  }
  const tab = tabOf(place);
  if (tab === undefined || tab === state.tab) return undefined;
  const [key = ''] = keysOf(bindingOf(`tab-${tab}`), state.remapped);
  return `that is for the tab ${panes[tab].title}: ${key} shows it`;
}

/** Found by its name, an action of a tab may be asked for anywhere; what is chosen there is something else. */
function tabOf(place: Place): Extract<Tab, Place> | undefined {
  return place === 'charts' || place === 'snapshots' || place === 'changes' ? place : undefined;
}
