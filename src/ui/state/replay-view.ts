/** A recording that is played in place of a machine's console: what is said of it, and what keys do to it. Pure. */
import { type ConsoleId, isReplay, seenConsoles } from './console-view.ts';
import type { DashboardState } from './dashboard-state.ts';

/** Times in seconds from its beginning. */
export interface ReplayPlace {
  readonly path: string;
  readonly phase: 'playing' | 'held' | 'seeking' | 'ended';
  readonly at: number;
  readonly duration: number;
  /** For how long nothing comes; 0: not for long. */
  readonly silence: number;
  readonly speed: number;
  /** How many lines of the file were none of a recording. */
  readonly unreadable: number;
  readonly failure: string | undefined;
}

export type ReplayDeed =
  | { readonly type: 'toggle' | 'step' | 'start' | 'end' | 'slower' | 'faster' }
  | { readonly type: 'close' }
  | { readonly type: 'seek'; readonly by: number };

/** The one that the console tab shows. */
export function seenReplay(state: DashboardState): ConsoleId | undefined {
  return seenConsoles(state).find(isReplay);
}
