/** A recording that is played in place of a machine's console: what is said of it, and what keys do to it. Pure. */
import { type ConsoleId, isReplay } from './console-view.ts';
import type { DashboardState } from './dashboard-state.ts';
import { seenConsoles } from './show-consoles.ts';

export type ReplayDeed =
  | { readonly type: 'toggle' | 'step' | 'start' | 'end' | 'slower' | 'faster' }
  | { readonly type: 'close' }
  | { readonly type: 'seek'; readonly by: number };

/** The one that the console tab shows. */
export function seenReplay(state: DashboardState): ConsoleId | undefined {
  return seenConsoles(state).find(isReplay);
}
